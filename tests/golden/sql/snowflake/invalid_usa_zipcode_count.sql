SELECT
  COUNT(CASE WHEN NOT REGEXP_LIKE(CAST("we""ird" AS VARCHAR), '.*(' || '^([0-9]{5}(-[0-9]{4})?)$' || ').*', 's') THEN 1 END) AS value
