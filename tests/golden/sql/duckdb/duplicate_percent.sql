SELECT
  COUNT("we""ird") - COUNT(DISTINCT (CAST("we""ird" AS VARCHAR) COLLATE C)) AS value,
  COUNT("we""ird") AS of
