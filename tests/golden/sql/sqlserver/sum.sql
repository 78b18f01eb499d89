SELECT
  SUM([back`tick] + CAST(0 AS DECIMAL(1, 0))) AS value
