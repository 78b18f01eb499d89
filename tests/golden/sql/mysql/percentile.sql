SELECT SUM(c0 * GREATEST(0, 1 - ABS(place - 1 - 0.25 * (many - 1)))) AS value
FROM (SELECT c0, ROW_NUMBER() OVER (ORDER BY c0) AS place,
COUNT(*) OVER () AS many
FROM (SELECT CAST(`back``tick` AS DOUBLE) AS c0 FROM `sch'ema`.`ta ble` WHERE 1 = 1) AS checked WHERE c0 IS NOT NULL) AS ranked
