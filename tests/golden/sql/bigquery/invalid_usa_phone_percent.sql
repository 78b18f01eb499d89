SELECT
  COUNT(CASE WHEN NOT REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '^(([+]?1[ .-]?|001[ .-]?|[(][+]?1[)] ?)?([(][0-9]{3}[)]|[0-9]{3})[ .-]?[0-9]{3}[ .-]?[0-9]{4})$') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
