SELECT
  COUNT(CASE WHEN CHAR_LENGTH(REGEXP_REPLACE(CONVERT(CAST(`we"ird` AS CHAR) USING utf8mb4), '\\A[ \\t\\r\\n]+|[ \\t\\r\\n]+\\z', '')) BETWEEN 1 AND CHAR_LENGTH(CAST(`we"ird` AS CHAR)) - 1 THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
