SELECT
  COUNT(CASE WHEN (REGEXP_LIKE(TO_CHAR("we""ird"), '[0-9!"#$%&()*+,/:;<=>?@_`{|}~^-☀-➿🀀-🫿]|\[|\]|\\', 'c')) THEN 1 END) AS value,
  COUNT("we""ird") AS of
