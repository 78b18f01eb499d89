SELECT
  COUNT(CASE WHEN [back`tick] BETWEEN -180 AND 180 THEN 1 END) AS value,
  COUNT([back`tick]) AS of
