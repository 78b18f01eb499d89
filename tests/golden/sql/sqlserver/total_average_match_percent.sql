SELECT
  AVG(CAST([back`tick] AS DOUBLE PRECISION)) AS value,
  (SELECT AVG(CAST([o"the`r] AS DOUBLE PRECISION)) FROM [sche.ma].[ta`ble]) AS expected
