SELECT
  COUNT(DISTINCT CASE WHEN ((CAST("we""ird" AS VARCHAR) COLLATE C) IN (('it''s' COLLATE C), ('back\slash' COLLATE C), ('😀' COLLATE C))) THEN (CAST("we""ird" AS VARCHAR) COLLATE C) END) AS value,
  3 AS expected
