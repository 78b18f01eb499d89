SELECT
  COUNT_BIG(CASE WHEN (((CAST(LOWER((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2)) AS NVARCHAR(MAX)) + N'|') COLLATE Latin1_General_100_BIN2) IN (N'null' + N'|', N'undefined' + N'|', N'missing' + N'|', N'nan' + N'|', N'none' + N'|', N'na' + N'|', N'n/a' + N'|', N'empty' + N'|', N'#n/d' + N'|', N'blank' + N'|', N'""' + N'|', N'''''' + N'|', N'-' + N'|', N'' + N'|')) THEN 1 END) AS value,
  COUNT_BIG([we"ird]) AS of
