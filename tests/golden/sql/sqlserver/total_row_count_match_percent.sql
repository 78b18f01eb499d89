SELECT
  COUNT_BIG(*) AS value,
  (SELECT COUNT_BIG(*) FROM [sche.ma].[ta`ble]) AS expected
