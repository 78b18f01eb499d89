SELECT
  COUNT(CASE WHEN LENGTH(CAST("we""ird" AS VARCHAR)) > 0 AND LENGTH(TRIM(CAST("we""ird" AS VARCHAR), ' \t\r\n')) = 0 THEN 1 END) AS value,
  COUNT("we""ird") AS of
