SELECT
  COUNT_BIG(CASE WHEN [back`tick] >= 0 THEN 1 END) AS value,
  COUNT_BIG([back`tick]) AS of
