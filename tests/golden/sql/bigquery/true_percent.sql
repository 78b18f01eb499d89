SELECT
  COUNT(CASE WHEN `it's` IS TRUE THEN 1 END) AS value,
  COUNT(`it's`) AS of
