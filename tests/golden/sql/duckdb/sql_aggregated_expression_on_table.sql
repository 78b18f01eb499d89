SELECT
  (COUNT(*)) AS value
