SELECT
  COUNT(CASE WHEN (REGEXP_LIKE(TO_CHAR("we""ird"), '(^|[^0-9A-Za-z_.-])([0-9]{5}(-[0-9]{4})?)([^0-9A-Za-z_.-]|[.]([^0-9A-Za-z]|$)|$)', 'c')) THEN 1 END) AS value,
  COUNT("we""ird") AS of
