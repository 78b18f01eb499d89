SELECT
  COUNT(CASE WHEN REGEXP_LIKE(CAST("we""ird" AS VARCHAR), '.*(' || '^([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?)$' || ').*', 's') THEN 1 END) AS value,
  COUNT("we""ird") AS of
