SELECT
  COUNT_BIG(CASE WHEN (LEN((TRIM(N' 	
' FROM (CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2)) + N'|') COLLATE Latin1_General_100_CI_AS_SC) - 1) BETWEEN 1 AND (LEN(((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) + N'|') COLLATE Latin1_General_100_CI_AS_SC) - 1) - 1 THEN 1 END) AS value,
  COUNT_BIG([we"ird]) AS of
