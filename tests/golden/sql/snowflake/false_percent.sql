SELECT
  COUNT(CASE WHEN "it's" = FALSE THEN 1 END) AS value,
  COUNT("it's") AS of
