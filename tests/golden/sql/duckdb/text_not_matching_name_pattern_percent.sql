SELECT
  COUNT(CASE WHEN REGEXP_MATCHES(CAST("we""ird" AS VARCHAR), '[0-9!"#$%&()*+,/:;<=>?@_`{|}~^-☀-➿🀀-🫿]|\[|\]|\\') THEN 1 END) AS value,
  COUNT("we""ird") AS of
