SELECT
  COUNT(DISTINCT CASE WHEN (COLLATE(CAST(`we"ird` AS STRING), '') IN (COLLATE('it\'s', ''), COLLATE('back\\slash', ''), COLLATE('😀', ''))) THEN COLLATE(CAST(`we"ird` AS STRING), '') END) AS value,
  3 AS expected
