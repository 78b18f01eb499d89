SELECT
  COUNT(CASE WHEN NOT (CAST("we""ird" AS TEXT) ~ '^([A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]{2,63})$') THEN 1 END) AS value,
  COUNT("we""ird") AS of
