SELECT
  COUNT(CASE WHEN (TO_CHAR(TO_CHAR("we""ird")) IN (TO_CHAR('it''s'), TO_CHAR('back\slash'), TO_CHAR('😀'))) THEN 1 END) AS value,
  COUNT("we""ird") AS of
