SELECT
  COUNT(CASE WHEN REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '(^|[^0-9A-Za-z_.-])([0-9]{5}(-[0-9]{4})?)([^0-9A-Za-z_.-]|[.]([^0-9A-Za-z]|$)|$)') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
