SELECT
  AVG(CAST(`back\`tick` AS FLOAT64)) AS value
