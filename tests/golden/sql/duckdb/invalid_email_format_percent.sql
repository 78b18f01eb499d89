SELECT
  COUNT(CASE WHEN NOT REGEXP_MATCHES(CAST("we""ird" AS VARCHAR), '^([A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+([.][A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]{2,63})$') THEN 1 END) AS value,
  COUNT("we""ird") AS of
