SELECT
  SUM(`back\`tick` + NUMERIC '0') AS value,
  (SELECT SUM(`o"the\`r` + NUMERIC '0') FROM `sche`.`ma`.`ta\`ble`) AS expected
