SELECT
  COUNT("we""ird") - COUNT(DISTINCT (CAST("we""ird" AS TEXT) COLLATE "C")) AS value,
  COUNT("we""ird") AS of
