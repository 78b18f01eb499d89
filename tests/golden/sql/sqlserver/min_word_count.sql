SELECT
  MIN(CASE WHEN (LEN((TRIM(N' 	
' FROM REPLACE(REPLACE(REPLACE((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2), N'	', ' '), N'
', ' '), N'', ' ')) + N'|') COLLATE Latin1_General_100_CI_AS_SC) - 1) = 0 THEN 0 WHEN (CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2) IS NOT NULL THEN (LEN((REPLACE(REPLACE(REPLACE(TRIM(N' 	
' FROM REPLACE(REPLACE(REPLACE((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2), N'	', ' '), N'
', ' '), N'', ' ')), ' ', N''), N'', ''), N'', ' ') + N'|') COLLATE Latin1_General_100_CI_AS_SC) - 1) - (LEN((REPLACE(REPLACE(REPLACE(REPLACE(TRIM(N' 	
' FROM REPLACE(REPLACE(REPLACE((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2), N'	', ' '), N'
', ' '), N'', ' ')), ' ', N''), N'', ''), N'', ' '), ' ', '') + N'|') COLLATE Latin1_General_100_CI_AS_SC) - 1) + 1 END) AS value
