SELECT
  COUNT(DISTINCT CASE WHEN ((CAST(CAST("we""ird" AS VARCHAR(65535)) AS VARCHAR(65535)) || '|') IN ((CAST('it''s' AS VARCHAR(65535)) || '|'), (CAST('back\\slash' AS VARCHAR(65535)) || '|'), (CAST('😀' AS VARCHAR(65535)) || '|'))) THEN (CAST(CAST("we""ird" AS VARCHAR(65535)) AS VARCHAR(65535)) || '|') END) AS value,
  3 AS expected
