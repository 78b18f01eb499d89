SELECT
  COUNT_BIG(DISTINCT CASE WHEN (((CAST((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) IN (N'it''s' + N'|', N'back\slash' + N'|', N'😀' + N'|')) THEN ((CAST((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) END) AS value,
  3 AS expected
