SELECT
  COUNT(CASE WHEN NOT (CAST("we""ird" AS TEXT) ~ '^it''s\.$') THEN 1 END) AS value
