SELECT
  VAR_POP(CAST("back`tick" AS DOUBLE)) AS value
