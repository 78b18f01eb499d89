SELECT
  STDDEV_POP(CAST(`back\`tick` AS FLOAT64)) AS value
