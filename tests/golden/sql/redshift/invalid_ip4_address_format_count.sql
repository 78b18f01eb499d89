SELECT
  COUNT(CASE WHEN NOT (CAST("we""ird" AS VARCHAR(65535)) ~ '^(((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9]))$') THEN 1 END) AS value
