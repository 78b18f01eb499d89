SELECT
  COUNT(`we"ird`) - COUNT(DISTINCT COLLATE(`we"ird`, '')) AS value
