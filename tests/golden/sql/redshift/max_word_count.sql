SELECT
  MAX(CASE WHEN CHAR_LENGTH(BTRIM(REPLACE(REPLACE(REPLACE(CAST("we""ird" AS VARCHAR(65535)), '	', ' '), '
', ' '), '', ' '), ' ' || CHR(9) || CHR(10) || CHR(13))) = 0 THEN 0 WHEN CAST("we""ird" AS VARCHAR(65535)) IS NOT NULL THEN CHAR_LENGTH(REPLACE(REPLACE(REPLACE(BTRIM(REPLACE(REPLACE(REPLACE(CAST("we""ird" AS VARCHAR(65535)), '	', ' '), '
', ' '), '', ' '), ' ' || CHR(9) || CHR(10) || CHR(13)), ' ', ''), '', ''), '', ' ')) - CHAR_LENGTH(REPLACE(REPLACE(REPLACE(REPLACE(BTRIM(REPLACE(REPLACE(REPLACE(CAST("we""ird" AS VARCHAR(65535)), '	', ' '), '
', ' '), '', ' '), ' ' || CHR(9) || CHR(10) || CHR(13)), ' ', ''), '', ''), '', ' '), ' ', '')) + 1 END) AS value
