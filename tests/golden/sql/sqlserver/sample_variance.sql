SELECT
  VAR(CAST([back`tick] AS FLOAT)) AS value
