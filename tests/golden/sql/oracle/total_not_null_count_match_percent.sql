SELECT value, (SELECT COUNT("o""the`r") FROM "sche.ma"."ta`ble") AS expected FROM (SELECT COUNT("we""ird") AS value FROM "sch'ema"."ta ble" WHERE 1 = 1) measured
