SELECT
  COUNT(CASE WHEN REGEXP_LIKE(CAST("we""ird" AS VARCHAR), '.*(' || '(^|[^0-9A-Za-z_.-])([0-9]{5}(-[0-9]{4})?)([^0-9A-Za-z_.-]|[.]([^0-9A-Za-z]|$)|$)' || ').*', 's') THEN 1 END) AS value,
  COUNT("we""ird") AS of
