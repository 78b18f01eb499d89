SELECT
  COUNT(CASE WHEN (CAST(`we"ird` AS STRING) RLIKE '^([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?)\\z') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
