SELECT
  COUNT(CASE WHEN (LOWER(CAST("we""ird" AS VARCHAR(65535))) ~ '^(true|false|t|f|yes|no|y|n|1|0)$') THEN 1 END) AS value,
  COUNT("we""ird") AS of
