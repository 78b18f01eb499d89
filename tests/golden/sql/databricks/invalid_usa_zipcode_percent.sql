SELECT
  COUNT(CASE WHEN NOT (CAST(`we"ird` AS STRING) RLIKE '^([0-9]{5}(-[0-9]{4})?)\\z') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
