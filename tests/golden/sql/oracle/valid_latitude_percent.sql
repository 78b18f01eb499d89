SELECT
  COUNT(CASE WHEN "back`tick" BETWEEN -90 AND 90 THEN 1 END) AS value,
  COUNT("back`tick") AS of
