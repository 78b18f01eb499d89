SELECT
  COUNT(DISTINCT (CAST("we""ird" AS VARCHAR(65535)) || '|')) AS value,
  COUNT("we""ird") AS of
