SELECT
  COUNT(CASE WHEN (CONVERT(CAST(`we"ird` AS CHAR) USING utf8mb4) COLLATE utf8mb4_bin REGEXP '(^|[^0-9A-Za-z_.-])([0-9]{5}(-[0-9]{4})?)([^0-9A-Za-z_.-]|[.]([^0-9A-Za-z]|\\z)|\\z)') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
