SELECT
  COUNT(DISTINCT TO_BINARY("we""ird", 'UTF-8')) AS value,
  COUNT("we""ird") AS of
