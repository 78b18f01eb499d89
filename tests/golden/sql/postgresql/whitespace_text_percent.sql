SELECT
  COUNT(CASE WHEN CHAR_LENGTH(CAST("we""ird" AS TEXT)) > 0 AND CHAR_LENGTH(BTRIM(CAST("we""ird" AS TEXT), ' ' || CHR(9) || CHR(10) || CHR(13))) = 0 THEN 1 END) AS value,
  COUNT("we""ird") AS of
