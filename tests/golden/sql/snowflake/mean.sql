SELECT
  AVG(CAST("back`tick" AS DOUBLE)) AS value
