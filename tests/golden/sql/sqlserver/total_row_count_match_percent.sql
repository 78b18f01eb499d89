SELECT
  COUNT(*) AS value,
  (SELECT COUNT(*) FROM [sche.ma].[ta`ble]) AS expected
