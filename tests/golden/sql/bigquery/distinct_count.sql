SELECT
  COUNT(DISTINCT COLLATE(`we"ird`, '')) AS value
