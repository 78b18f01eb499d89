SELECT
  COUNT(CASE WHEN NOT (REGEXP_LIKE(TO_CHAR("we""ird"), '^(([+]?1[ .-]?|001[ .-]?|[(][+]?1[)] ?)?([(][0-9]{3}[)]|[0-9]{3})[ .-]?[0-9]{3}[ .-]?[0-9]{4})$', 'c')) THEN 1 END) AS value
