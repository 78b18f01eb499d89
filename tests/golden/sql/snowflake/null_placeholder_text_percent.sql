SELECT
  COUNT(CASE WHEN (TO_BINARY(LOWER(CAST("we""ird" AS VARCHAR)), 'UTF-8') IN (TO_BINARY('null', 'UTF-8'), TO_BINARY('undefined', 'UTF-8'), TO_BINARY('missing', 'UTF-8'), TO_BINARY('nan', 'UTF-8'), TO_BINARY('none', 'UTF-8'), TO_BINARY('na', 'UTF-8'), TO_BINARY('n/a', 'UTF-8'), TO_BINARY('empty', 'UTF-8'), TO_BINARY('#n/d', 'UTF-8'), TO_BINARY('blank', 'UTF-8'), TO_BINARY('""', 'UTF-8'), TO_BINARY('''''', 'UTF-8'), TO_BINARY('-', 'UTF-8'), TO_BINARY('', 'UTF-8'))) THEN 1 END) AS value,
  COUNT("we""ird") AS of
