SELECT
  MIN(LENGTH(TO_CHAR("we""ird"))) AS value
