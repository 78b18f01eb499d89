SELECT
  COUNT(CASE WHEN NOT REGEXP_LIKE(CAST("we""ird" AS VARCHAR), '.*(' || '^([A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*[.])+[A-Za-z][A-Za-z]+)$' || ').*', 's') THEN 1 END) AS value
