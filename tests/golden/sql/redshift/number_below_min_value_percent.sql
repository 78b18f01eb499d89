SELECT
  COUNT(CASE WHEN "back`tick" < 0.0 THEN 1 END) AS value,
  COUNT("back`tick") AS of
