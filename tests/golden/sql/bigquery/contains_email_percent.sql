SELECT
  COUNT(CASE WHEN REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '(^|[^A-Za-z0-9._%+-])([A-Za-z0-9!#$%&\'*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&\'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*[.])+[A-Za-z][A-Za-z]+)([^A-Za-z0-9._%+-]|[.]([^0-9A-Za-z]|$)|$)') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
