SELECT
  SUM("back`tick") AS value,
  (SELECT SUM("o""the`r") FROM "sche.ma"."ta`ble") AS expected
