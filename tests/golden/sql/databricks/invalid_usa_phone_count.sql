SELECT
  COUNT(CASE WHEN NOT (CAST(`we"ird` AS STRING) RLIKE '^(([+]?1[ .-]?|001[ .-]?|[(][+]?1[)] ?)?([(][0-9]{3}[)]|[0-9]{3})[ .-]?[0-9]{3}[ .-]?[0-9]{4})\\z') THEN 1 END) AS value
