SELECT
  COUNT(CASE WHEN (COLLATE(CAST(`we"ird` AS STRING), '') IN (COLLATE('it\'s', ''), COLLATE('back\\slash', ''), COLLATE('😀', ''))) THEN 1 END) AS value,
  COUNT(`we"ird`) AS of
