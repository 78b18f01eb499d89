SELECT
  COUNT(CASE WHEN [back`tick] BETWEEN 7 AND 7 THEN 1 END) AS value,
  COUNT([back`tick]) AS of
