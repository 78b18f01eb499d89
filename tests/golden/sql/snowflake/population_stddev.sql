SELECT
  STDDEV_POP(CAST("back`tick" AS DOUBLE)) AS value
