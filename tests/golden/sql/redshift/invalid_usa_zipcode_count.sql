SELECT
  COUNT(CASE WHEN NOT (CAST("we""ird" AS VARCHAR(65535)) ~ '^([0-9]{5}(-[0-9]{4})?)$') THEN 1 END) AS value
