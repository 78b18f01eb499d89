SELECT
  COUNT_BIG(DISTINCT ((CAST([we"ird] AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2)) AS value,
  COUNT_BIG([we"ird]) AS of
