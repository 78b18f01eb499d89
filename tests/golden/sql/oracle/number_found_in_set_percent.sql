SELECT
  COUNT(CASE WHEN "back`tick" IN (1, 2.5) THEN 1 END) AS value,
  COUNT("back`tick") AS of
