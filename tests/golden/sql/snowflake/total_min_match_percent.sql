SELECT
  MIN("back`tick") AS value,
  (SELECT MIN("o""the`r") FROM "sche.ma"."ta`ble") AS expected
