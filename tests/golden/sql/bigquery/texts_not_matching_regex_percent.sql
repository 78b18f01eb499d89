SELECT
  COUNT(CASE WHEN NOT REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '^it\'s\\.$') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
