SELECT
  COUNT_BIG(CASE WHEN (((CAST((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) IN (N'it''s' + N'|', N'back\slash' + N'|', N'😀' + N'|')) THEN 1 END) AS value,
  COUNT_BIG([we"ird]) AS of
