SELECT
  COUNT(CASE WHEN NOT (CONVERT(CAST(`we"ird` AS CHAR) USING utf8mb4) COLLATE utf8mb4_bin REGEXP '^([0-9]{5}(-[0-9]{4})?)\\z') THEN 1 END) AS value
