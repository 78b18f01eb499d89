SELECT
  COUNT(CASE WHEN (CAST(`we"ird` AS STRING) RLIKE '(^|[^0-9A-Za-z_.-])([0-9]{5}(-[0-9]{4})?)([^0-9A-Za-z_.-]|[.]([^0-9A-Za-z]|\\z)|\\z)') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
