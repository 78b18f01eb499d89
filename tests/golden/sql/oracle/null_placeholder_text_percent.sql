SELECT
  COUNT(CASE WHEN (TO_CHAR(LOWER(TO_CHAR("we""ird"))) IN (TO_CHAR('null'), TO_CHAR('undefined'), TO_CHAR('missing'), TO_CHAR('nan'), TO_CHAR('none'), TO_CHAR('na'), TO_CHAR('n/a'), TO_CHAR('empty'), TO_CHAR('#n/d'), TO_CHAR('blank'), TO_CHAR('""'), TO_CHAR(''''''), TO_CHAR('-'), TO_CHAR(''))) THEN 1 END) AS value,
  COUNT("we""ird") AS of
