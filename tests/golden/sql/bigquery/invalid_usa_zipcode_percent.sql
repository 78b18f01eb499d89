SELECT
  COUNT(CASE WHEN NOT REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '^([0-9]{5}(-[0-9]{4})?)$') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
