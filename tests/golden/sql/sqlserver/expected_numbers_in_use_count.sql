SELECT
  COUNT_BIG(DISTINCT CASE WHEN [back`tick] IN (1, 2.5) THEN [back`tick] END) AS value,
  2 AS expected
