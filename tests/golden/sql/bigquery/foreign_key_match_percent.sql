SELECT 100 * CAST(COUNT(known) AS FLOAT64) / NULLIF(COUNT(c0), 0) AS value
FROM (SELECT COLLATE(`we"ird`, '') AS c0 FROM `sch'ema`.`ta ble` WHERE 1 = 1) checked LEFT JOIN (SELECT DISTINCT COLLATE(`o"the\`r`, '') AS known FROM `sche`.`ma`.`ta\`ble`
WHERE `o"the\`r` IS NOT NULL) keys_known ON checked.c0 = keys_known.known
