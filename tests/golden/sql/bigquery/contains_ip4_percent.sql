SELECT
  COUNT(CASE WHEN REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '(^|[^0-9A-Za-z.])(((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9]))([^0-9A-Za-z.]|[.]([^0-9A-Za-z]|$)|$)') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
