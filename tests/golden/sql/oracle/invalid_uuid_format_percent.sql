SELECT
  COUNT(CASE WHEN NOT (REGEXP_LIKE(TO_CHAR("we""ird"), '^([0-9A-Fa-f]{8}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{12})$', 'c')) THEN 1 END) AS value,
  COUNT("we""ird") AS of
