SELECT
  SUM("back`tick") AS value
