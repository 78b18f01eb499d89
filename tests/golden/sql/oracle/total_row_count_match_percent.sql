SELECT value, (SELECT COUNT(*) FROM "sche.ma"."ta`ble") AS expected FROM (SELECT COUNT(*) AS value FROM "sch'ema"."ta ble" WHERE 1 = 1) measured
