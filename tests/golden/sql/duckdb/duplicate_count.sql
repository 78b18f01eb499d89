SELECT
  COUNT("we""ird") - COUNT(DISTINCT ("we""ird" COLLATE C)) AS value
