SELECT
  COUNT(CASE WHEN NOT (CAST("we""ird" AS VARCHAR(65535)) ~ '^([0-9A-Fa-f]{8}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{4}[ -]?[0-9A-Fa-f]{12})$') THEN 1 END) AS value
