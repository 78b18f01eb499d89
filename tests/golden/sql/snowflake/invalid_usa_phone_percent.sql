SELECT
  COUNT(CASE WHEN NOT REGEXP_LIKE(CAST("we""ird" AS VARCHAR), '.*(' || '^(([+]?1[ .-]?|001[ .-]?|[(][+]?1[)] ?)?([(][0-9]{3}[)]|[0-9]{3})[ .-]?[0-9]{3}[ .-]?[0-9]{4})$' || ').*', 's') THEN 1 END) AS value,
  COUNT("we""ird") AS of
