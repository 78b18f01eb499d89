SELECT
  COUNT_BIG(CASE WHEN [back`tick] BETWEEN -90 AND 90 THEN 1 END) AS value,
  COUNT_BIG([back`tick]) AS of
