SELECT
  COUNT(CASE WHEN (COLLATE(LOWER(CAST(`we"ird` AS STRING)), '') IN (COLLATE('null', ''), COLLATE('undefined', ''), COLLATE('missing', ''), COLLATE('nan', ''), COLLATE('none', ''), COLLATE('na', ''), COLLATE('n/a', ''), COLLATE('empty', ''), COLLATE('#n/d', ''), COLLATE('blank', ''), COLLATE('""', ''), COLLATE('\'\'', ''), COLLATE('-', ''), COLLATE('', ''))) THEN 1 END) AS value
