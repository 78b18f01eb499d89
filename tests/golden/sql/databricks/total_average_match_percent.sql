SELECT
  AVG(CAST(`back``tick` AS DOUBLE)) AS value,
  (SELECT AVG(CAST(`o"the``r` AS DOUBLE)) FROM `sche.ma`.`ta``ble`) AS expected
