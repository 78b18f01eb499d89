SELECT
  COUNT(CASE WHEN (CAST(`we"ird` AS STRING) RLIKE '(^|[^A-Za-z0-9._%+-])([A-Za-z0-9!#$%&\'*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&\'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*[.])+[A-Za-z][A-Za-z]+)([^A-Za-z0-9._%+-]|[.]([^0-9A-Za-z]|\\z)|\\z)') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
