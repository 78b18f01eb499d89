SELECT
  COUNT(CASE WHEN REGEXP_CONTAINS(LOWER(CAST(`we"ird` AS STRING)), '^(true|false|t|f|yes|no|y|n|1|0)$') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
