SELECT
  COUNT(DISTINCT TO_CHAR("we""ird")) AS value,
  COUNT("we""ird") AS of
