SELECT
  COUNT(CASE WHEN (REGEXP_LIKE(LOWER(TO_CHAR("we""ird")), '^(true|false|t|f|yes|no|y|n|1|0)$', 'c')) THEN 1 END) AS value,
  COUNT("we""ird") AS of
