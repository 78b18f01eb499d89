SELECT
  STDDEV_SAMP(CAST(`back``tick` AS DOUBLE)) AS value
