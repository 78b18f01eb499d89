SELECT
  STDEV(CAST([back`tick] AS FLOAT)) AS value
