SELECT
  MAX(LENGTH(TO_CHAR("we""ird"))) AS value
