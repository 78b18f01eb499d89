SELECT
  COUNT(CASE WHEN ((CAST("we""ird" AS VARCHAR) COLLATE C) IN (('it''s' COLLATE C), ('back\slash' COLLATE C), ('😀' COLLATE C))) THEN 1 END) AS value,
  COUNT("we""ird") AS of
