SELECT
  COUNT(CASE WHEN NOT (REGEXP_LIKE(TO_CHAR("we""ird"), '^it''s\.$', 'c')) THEN 1 END) AS value,
  COUNT("we""ird") AS of
