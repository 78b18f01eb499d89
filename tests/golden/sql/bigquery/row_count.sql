SELECT
  COUNT(*) AS value
