SELECT
  COUNT(CASE WHEN (CONVERT(CAST(`we"ird` AS CHAR) USING utf8mb4) COLLATE utf8mb4_bin REGEXP '(^|[^A-Za-z0-9._%+-])([A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*[.])+[A-Za-z][A-Za-z]+)([^A-Za-z0-9._%+-]|[.]([^0-9A-Za-z]|\\z)|\\z)') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
