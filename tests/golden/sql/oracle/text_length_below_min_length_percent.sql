SELECT
  COUNT(CASE WHEN LENGTH(TO_CHAR("we""ird")) < 5 THEN 1 END) AS value,
  COUNT("we""ird") AS of
