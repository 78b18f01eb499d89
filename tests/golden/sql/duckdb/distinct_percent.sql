SELECT
  COUNT(DISTINCT ("we""ird" COLLATE C)) AS value,
  COUNT("we""ird") AS of
