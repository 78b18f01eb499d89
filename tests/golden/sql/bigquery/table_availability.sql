SELECT 0 * COUNT(*) AS value FROM (SELECT 1 AS c0 FROM `sch'ema`.`ta ble` LIMIT 1) one_row
