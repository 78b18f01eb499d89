SELECT
  COUNT(CASE WHEN NOT (CAST(`we"ird` AS STRING) RLIKE '^([0-9A-Fa-f]{8}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{12})\\z') THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
