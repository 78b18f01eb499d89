SELECT 0 * COUNT(*) AS value FROM (SELECT 1 AS c0 FROM "sch'ema"."ta ble" FETCH FIRST 1 ROWS ONLY) one_row
