SELECT
  COUNT(CASE WHEN NOT REGEXP_CONTAINS(CAST(`we"ird` AS STRING), '^([0-9A-Fa-f]{8}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{12})$') THEN 1 END) AS value
