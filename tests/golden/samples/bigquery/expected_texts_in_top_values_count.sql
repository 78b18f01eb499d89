SELECT s0, s1, s2, s3, s4 FROM (SELECT s0, s1, s2, s3, s4, shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT s0, s1, s2, s3, s4, c0 AS shown, COUNT(*) OVER (PARTITION BY c1) AS frequency,
ROW_NUMBER() OVER (PARTITION BY c1 ORDER BY c1) AS nth
FROM (SELECT SUBSTR(CAST(`we"ird` AS STRING), 1, 11) AS s0, SUBSTR(CAST(`back\`tick` AS STRING), 1, 11) AS s1, SUBSTR(CAST(CASE WHEN `it's` IS TRUE THEN 'true' WHEN `it's` IS FALSE THEN 'false' END AS STRING), 1, 11) AS s2, SUBSTR(CAST(`select` AS STRING), 1, 11) AS s3, SUBSTR(CAST(`größe` AS STRING), 1, 11) AS s4, CAST(`we"ird` AS STRING) AS c0, COLLATE(CAST(`we"ird` AS STRING), '') AS c1 FROM `sch'ema`.`ta ble` WHERE 1 = 1) checked WHERE c0 IS NOT NULL) counted WHERE nth = 1) ranked
WHERE place <= 10 AND NOT (COLLATE(shown, '') IN (COLLATE('it\'s', ''), COLLATE('back\\slash', ''), COLLATE('😀', ''))) LIMIT 3
