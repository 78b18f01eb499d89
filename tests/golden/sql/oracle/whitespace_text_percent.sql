SELECT
  COUNT(CASE WHEN LENGTH(TO_CHAR("we""ird")) > 0 AND CASE WHEN TO_CHAR("we""ird") IS NOT NULL THEN COALESCE(LENGTH(RTRIM(LTRIM(TO_CHAR("we""ird"), ' ' || CHR(9) || CHR(10) || CHR(13)), ' ' || CHR(9) || CHR(10) || CHR(13))), 0) END = 0 THEN 1 END) AS value,
  COUNT("we""ird") AS of
