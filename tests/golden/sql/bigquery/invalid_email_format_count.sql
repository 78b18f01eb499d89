SELECT
  COUNT(CASE WHEN NOT REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '^([A-Za-z0-9!#$%&\'*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&\'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*[.])+[A-Za-z][A-Za-z]+)$') THEN 1 END) AS value
