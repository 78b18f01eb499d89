SELECT
  COUNT_BIG(CASE WHEN [back`tick] BETWEEN 0.25 AND 0.25 THEN 1 END) AS value,
  COUNT_BIG([back`tick]) AS of
