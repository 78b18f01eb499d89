SELECT COUNT(CASE WHEN place <= 10 AND (COLLATE(shown, '') IN (COLLATE('it\'s', ''), COLLATE('back\\slash', ''), COLLATE('😀', ''))) THEN 1 END) AS value,
3 AS expected
FROM (SELECT shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT MIN(c0) AS shown, COUNT(*) AS frequency
FROM (SELECT CAST(`we"ird` AS STRING) AS c0, COLLATE(CAST(`we"ird` AS STRING), '') AS c1 FROM `sch'ema`.`ta ble` WHERE 1 = 1) checked WHERE c0 IS NOT NULL
GROUP BY c1) counted) ranked
