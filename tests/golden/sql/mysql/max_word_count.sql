SELECT
  MAX(CASE WHEN CHAR_LENGTH(REGEXP_REPLACE(CONVERT(REPLACE(REPLACE(REPLACE(CAST(`we"ird` AS CHAR), '	', ' '), '
', ' '), '', ' ') USING utf8mb4), '\\A[ \\t\\r\\n]+|[ \\t\\r\\n]+\\z', '')) = 0 THEN 0 WHEN CAST(`we"ird` AS CHAR) IS NOT NULL THEN CHAR_LENGTH(REPLACE(REPLACE(REPLACE(REGEXP_REPLACE(CONVERT(REPLACE(REPLACE(REPLACE(CAST(`we"ird` AS CHAR), '	', ' '), '
', ' '), '', ' ') USING utf8mb4), '\\A[ \\t\\r\\n]+|[ \\t\\r\\n]+\\z', ''), ' ', ''), '', ''), '', ' ')) - CHAR_LENGTH(REPLACE(REPLACE(REPLACE(REPLACE(REGEXP_REPLACE(CONVERT(REPLACE(REPLACE(REPLACE(CAST(`we"ird` AS CHAR), '	', ' '), '
', ' '), '', ' ') USING utf8mb4), '\\A[ \\t\\r\\n]+|[ \\t\\r\\n]+\\z', ''), ' ', ''), '', ''), '', ' '), ' ', '')) + 1 END) AS value
