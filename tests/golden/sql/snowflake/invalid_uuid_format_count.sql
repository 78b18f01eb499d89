SELECT
  COUNT(CASE WHEN NOT REGEXP_LIKE(CAST("we""ird" AS VARCHAR), '.*(' || '^([0-9A-Fa-f]{8}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{12})$' || ').*', 's') THEN 1 END) AS value
