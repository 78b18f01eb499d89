SELECT COUNT(CASE WHEN n > 1 THEN 1 END) AS value FROM 
(SELECT COUNT(*) AS n FROM (SELECT COLLATE(`we"ird`, '') AS c0, `back\`tick` AS c1 FROM `sch'ema`.`ta ble` WHERE 1 = 1) checked
WHERE (c0 IS NOT NULL OR c1 IS NOT NULL) GROUP BY c0, c1) counted
