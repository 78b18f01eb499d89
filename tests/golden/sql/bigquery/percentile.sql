SELECT SUM(CASE WHEN ABS(place - 1 - 0.25 * (many - 1)) < 1 THEN c0 * (1 - ABS(place - 1 - 0.25 * (many - 1))) END) AS value
FROM (SELECT c0, ROW_NUMBER() OVER (ORDER BY c0) AS place,
COUNT(*) OVER () AS many
FROM (SELECT CAST(`back\`tick` AS FLOAT64) AS c0 FROM `sch'ema`.`ta ble` WHERE 1 = 1) checked WHERE c0 IS NOT NULL) ranked
