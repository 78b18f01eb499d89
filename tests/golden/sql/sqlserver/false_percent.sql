SELECT
  COUNT_BIG(CASE WHEN [it's] = 0 THEN 1 END) AS value,
  COUNT_BIG([it's]) AS of
