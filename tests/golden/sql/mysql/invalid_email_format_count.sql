SELECT
  COUNT(CASE WHEN NOT (CONVERT(CAST(`we"ird` AS CHAR) USING utf8mb4) COLLATE utf8mb4_bin REGEXP '^([A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*[.])+[A-Za-z][A-Za-z]+)\\z') THEN 1 END) AS value
