SELECT
  AVG(CAST([back`tick] AS FLOAT)) AS value,
  (SELECT AVG(CAST([o"the`r] AS FLOAT)) FROM [sche.ma].[ta`ble]) AS expected
