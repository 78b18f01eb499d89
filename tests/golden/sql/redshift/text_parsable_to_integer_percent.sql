SELECT
  COUNT(CASE WHEN (CAST("we""ird" AS VARCHAR(65535)) ~ '^([+-]?[0-9]+)$') THEN 1 END) AS value,
  COUNT("we""ird") AS of
