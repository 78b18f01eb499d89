SELECT
  COUNT(CASE WHEN REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '^([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?)$') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
