SELECT
  COUNT(DISTINCT COLLATE(`we"ird`, '')) AS value,
  COUNT(`we"ird`) AS of
