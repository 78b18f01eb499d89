SELECT
  MIN(CASE WHEN LENGTH(TRIM(REPLACE(REPLACE(REPLACE(CAST("we""ird" AS VARCHAR), '	', ' '), '
', ' '), '', ' '), ' \t\r\n')) = 0 THEN 0 WHEN CAST("we""ird" AS VARCHAR) IS NOT NULL THEN LENGTH(REPLACE(REPLACE(REPLACE(TRIM(REPLACE(REPLACE(REPLACE(CAST("we""ird" AS VARCHAR), '	', ' '), '
', ' '), '', ' '), ' \t\r\n'), ' ', ''), '', ''), '', ' ')) - LENGTH(REPLACE(REPLACE(REPLACE(REPLACE(TRIM(REPLACE(REPLACE(REPLACE(CAST("we""ird" AS VARCHAR), '	', ' '), '
', ' '), '', ' '), ' \t\r\n'), ' ', ''), '', ''), '', ' '), ' ', '')) + 1 END) AS value
