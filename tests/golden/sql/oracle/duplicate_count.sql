SELECT
  COUNT("we""ird") - COUNT(DISTINCT TO_CHAR("we""ird")) AS value
