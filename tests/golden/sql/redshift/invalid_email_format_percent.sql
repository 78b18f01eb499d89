SELECT
  COUNT(CASE WHEN NOT (CAST("we""ird" AS VARCHAR(65535)) ~ '^([A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([A-Za-z0-9]+(-+[A-Za-z0-9]+)*[.])+[A-Za-z][A-Za-z]+)$') THEN 1 END) AS value,
  COUNT("we""ird") AS of
