SELECT
  COUNT(CASE WHEN NOT REGEXP_LIKE(CAST("we""ird" AS VARCHAR), '.*(' || '^it''s\\.$' || ').*', 's') THEN 1 END) AS value,
  COUNT("we""ird") AS of
