SELECT COUNT_BIG(CASE WHEN place <= 10 AND (((CAST(shown AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) IN (N'it''s' + N'|', N'back\slash' + N'|', N'😀' + N'|')) THEN 1 END) AS value,
3 AS expected
FROM (SELECT shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT MIN(c0) AS shown, COUNT_BIG(*) AS frequency
FROM (SELECT (CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) AS c0, ((CAST((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) AS c1 FROM [sch'ema].[ta ble] WHERE 1 = 1) checked WHERE c0 IS NOT NULL
GROUP BY c1) counted) ranked
