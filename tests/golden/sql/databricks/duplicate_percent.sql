SELECT
  COUNT(`we"ird`) - COUNT(DISTINCT CAST(`we"ird` AS BINARY)) AS value,
  COUNT(`we"ird`) AS of
