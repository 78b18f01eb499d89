SELECT
  COUNT(CASE WHEN (CAST(`we"ird` AS STRING) RLIKE '(^|[^0-9A-Za-z+])(([+]?1[ .-]?|001[ .-]?|[(][+]?1[)] ?)?([(][0-9]{3}[)]|[0-9]{3})[ .-]?[0-9]{3}[ .-]?[0-9]{4})([^0-9A-Za-z+]|[.]([^0-9A-Za-z]|\\z)|\\z)') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
