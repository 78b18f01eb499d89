SELECT
  COUNT_BIG(CASE WHEN [back`tick] BETWEEN 7 AND 7 THEN 1 END) AS value,
  COUNT_BIG([back`tick]) AS of
