SELECT
  COUNT(CASE WHEN CHAR_LENGTH(CAST(`we"ird` AS CHAR)) > 0 AND CHAR_LENGTH(REGEXP_REPLACE(CONVERT(CAST(`we"ird` AS CHAR) USING utf8mb4), '\\A[ \\t\\r\\n]+|[ \\t\\r\\n]+\\z', '')) = 0 THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
