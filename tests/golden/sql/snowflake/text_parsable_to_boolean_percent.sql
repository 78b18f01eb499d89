SELECT
  COUNT(CASE WHEN REGEXP_LIKE(LOWER(CAST("we""ird" AS VARCHAR)), '.*(' || '^(true|false|t|f|yes|no|y|n|1|0)$' || ').*', 's') THEN 1 END) AS value,
  COUNT("we""ird") AS of
