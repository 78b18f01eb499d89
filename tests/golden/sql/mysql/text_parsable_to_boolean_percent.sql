SELECT
  COUNT(CASE WHEN (CONVERT(LOWER(CAST(`we"ird` AS CHAR)) USING utf8mb4) COLLATE utf8mb4_bin REGEXP '^(true|false|t|f|yes|no|y|n|1|0)\\z') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
