SELECT
  COUNT("we""ird") - COUNT(DISTINCT (CAST("we""ird" AS VARCHAR(65535)) || '|')) AS value
