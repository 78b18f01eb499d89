SELECT
  MIN(CASE WHEN CASE WHEN REPLACE(REPLACE(REPLACE(TO_CHAR("we""ird"), '	', ' '), '
', ' '), '', ' ') IS NOT NULL THEN COALESCE(LENGTH(RTRIM(LTRIM(REPLACE(REPLACE(REPLACE(TO_CHAR("we""ird"), '	', ' '), '
', ' '), '', ' '), ' ' || CHR(9) || CHR(10) || CHR(13)), ' ' || CHR(9) || CHR(10) || CHR(13))), 0) END = 0 THEN 0 WHEN TO_CHAR("we""ird") IS NOT NULL THEN LENGTH(REPLACE(REPLACE(REPLACE(RTRIM(LTRIM(REPLACE(REPLACE(REPLACE(TO_CHAR("we""ird"), '	', ' '), '
', ' '), '', ' '), ' ' || CHR(9) || CHR(10) || CHR(13)), ' ' || CHR(9) || CHR(10) || CHR(13)), ' ', ''), '', ''), '', ' ')) - LENGTH(REPLACE(REPLACE(REPLACE(REPLACE(RTRIM(LTRIM(REPLACE(REPLACE(REPLACE(TO_CHAR("we""ird"), '	', ' '), '
', ' '), '', ' '), ' ' || CHR(9) || CHR(10) || CHR(13)), ' ' || CHR(9) || CHR(10) || CHR(13)), ' ', ''), '', ''), '', ' '), ' ', '')) + 1 END) AS value
