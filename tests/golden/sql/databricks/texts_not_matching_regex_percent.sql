SELECT
  COUNT(CASE WHEN NOT (CAST(`we"ird` AS STRING) RLIKE '^it\'s\\.$') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
