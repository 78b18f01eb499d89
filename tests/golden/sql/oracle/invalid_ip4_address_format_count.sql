SELECT
  COUNT(CASE WHEN NOT (REGEXP_LIKE(TO_CHAR("we""ird"), '^(((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9]))$', 'c')) THEN 1 END) AS value
