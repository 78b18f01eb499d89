SELECT
  COUNT(DISTINCT CASE WHEN (TO_CHAR(TO_CHAR("we""ird")) IN (TO_CHAR('it''s'), TO_CHAR('back\slash'), TO_CHAR('😀'))) THEN TO_CHAR(TO_CHAR("we""ird")) END) AS value,
  3 AS expected
