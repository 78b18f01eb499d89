SELECT
  COUNT(CASE WHEN "it's" = TRUE THEN 1 END) AS value,
  COUNT("it's") AS of
