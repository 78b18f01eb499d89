SELECT
  STDEVP(CAST([back`tick] AS FLOAT)) AS value
