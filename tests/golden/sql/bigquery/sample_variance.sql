SELECT
  VAR_SAMP(CAST(`back\`tick` AS FLOAT64)) AS value
