SELECT
  COUNT_BIG(CASE WHEN (LEN(((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) + N'|') COLLATE Latin1_General_100_CI_AS_SC) - 1) > 0 AND (LEN((TRIM(N' 	
' FROM (CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2)) + N'|') COLLATE Latin1_General_100_CI_AS_SC) - 1) = 0 THEN 1 END) AS value
