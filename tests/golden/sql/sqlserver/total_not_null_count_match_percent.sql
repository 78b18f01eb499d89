SELECT
  COUNT_BIG([we"ird]) AS value,
  (SELECT COUNT_BIG([o"the`r]) FROM [sche.ma].[ta`ble]) AS expected
