SELECT 100 * CAST(COUNT_BIG(known) AS DOUBLE PRECISION) / NULLIF(COUNT_BIG(c0), 0) AS value
FROM (SELECT ((CAST([we"ird] AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) AS c0 FROM [sch'ema].[ta ble] WHERE 1 = 1) checked LEFT JOIN (SELECT DISTINCT ((CAST([o"the`r] AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) AS known FROM [sche.ma].[ta`ble]
WHERE [o"the`r] IS NOT NULL) keys_known ON checked.c0 = keys_known.known
