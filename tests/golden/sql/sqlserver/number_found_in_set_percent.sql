SELECT
  COUNT_BIG(CASE WHEN [back`tick] IN (1, 2.5) THEN 1 END) AS value,
  COUNT_BIG([back`tick]) AS of
