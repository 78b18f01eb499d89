SELECT
  VARP(CAST([back`tick] AS FLOAT)) AS value
