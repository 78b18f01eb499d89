SELECT
  COUNT_BIG(CASE WHEN [we"ird] IS NOT NULL AND (1 = 1) THEN 1 END) AS value,
  COUNT_BIG([we"ird]) AS of
