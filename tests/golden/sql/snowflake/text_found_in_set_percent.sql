SELECT
  COUNT(CASE WHEN (TO_BINARY(CAST("we""ird" AS VARCHAR), 'UTF-8') IN (TO_BINARY('it''s', 'UTF-8'), TO_BINARY('back\\slash', 'UTF-8'), TO_BINARY('😀', 'UTF-8'))) THEN 1 END) AS value,
  COUNT("we""ird") AS of
