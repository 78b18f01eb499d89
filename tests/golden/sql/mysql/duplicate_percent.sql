SELECT
  COUNT(`we"ird`) - COUNT(DISTINCT CAST(CONVERT(`we"ird` USING utf8mb4) AS BINARY)) AS value,
  COUNT(`we"ird`) AS of
