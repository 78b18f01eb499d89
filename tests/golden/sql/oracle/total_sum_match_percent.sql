SELECT value, (SELECT SUM("o""the`r") FROM "sche.ma"."ta`ble") AS expected FROM (SELECT SUM("back`tick") AS value FROM "sch'ema"."ta ble" WHERE 1 = 1) measured
