SELECT
  AVG(CAST("back`tick" AS BINARY_DOUBLE)) AS value
