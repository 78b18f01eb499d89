SELECT
  SUM(`back``tick` + CAST(0 AS DECIMAL(1, 0))) AS value,
  (SELECT SUM(`o"the``r` + CAST(0 AS DECIMAL(1, 0))) FROM `sche.ma`.`ta``ble`) AS expected
