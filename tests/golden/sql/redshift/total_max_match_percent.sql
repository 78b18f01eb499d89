SELECT
  MAX("back`tick") AS value,
  (SELECT MAX("o""the`r") FROM "sche.ma"."ta`ble") AS expected
