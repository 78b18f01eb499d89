SELECT
  COUNT(CASE WHEN [it's] = 1 THEN 1 END) AS value,
  COUNT([it's]) AS of
