SELECT COUNT_BIG(CASE WHEN n > 1 THEN 1 END) AS value FROM 
(SELECT COUNT_BIG(*) AS n FROM (SELECT ((CAST([we"ird] AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) AS c0, [back`tick] AS c1 FROM [sch'ema].[ta ble] WHERE 1 = 1) checked
WHERE (c0 IS NOT NULL OR c1 IS NOT NULL) GROUP BY c0, c1) counted
