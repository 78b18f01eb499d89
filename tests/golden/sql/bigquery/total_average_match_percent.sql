SELECT
  AVG(CAST(`back\`tick` AS FLOAT64)) AS value,
  (SELECT AVG(CAST(`o"the\`r` AS FLOAT64)) FROM `sche`.`ma`.`ta\`ble`) AS expected
