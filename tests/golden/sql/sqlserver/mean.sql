SELECT
  AVG(CAST([back`tick] AS FLOAT)) AS value
