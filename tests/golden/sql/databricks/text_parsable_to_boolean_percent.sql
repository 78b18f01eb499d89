SELECT
  COUNT(CASE WHEN (LOWER(CAST(`we"ird` AS STRING)) RLIKE '^(true|false|t|f|yes|no|y|n|1|0)\\z') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
