SELECT
  COUNT(CASE WHEN NOT REGEXP_MATCHES(CAST("we""ird" AS VARCHAR), '^it''s\.$') THEN 1 END) AS value,
  COUNT("we""ird") AS of
