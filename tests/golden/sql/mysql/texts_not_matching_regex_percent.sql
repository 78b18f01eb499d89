SELECT
  COUNT(CASE WHEN NOT (CONVERT(CAST(`we"ird` AS CHAR) USING utf8mb4) COLLATE utf8mb4_bin REGEXP '^it''s\\.$') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
