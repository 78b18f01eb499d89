SELECT
  VAR_SAMP(CAST("back`tick" AS DOUBLE)) AS value
