SELECT
  COUNT(CASE WHEN NOT (CAST("we""ird" AS VARCHAR(65535)) ~ '^it''s\\.$') THEN 1 END) AS value
