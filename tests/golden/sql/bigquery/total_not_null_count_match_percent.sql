SELECT
  COUNT(`we"ird`) AS value,
  (SELECT COUNT(`o"the\`r`) FROM `sche`.`ma`.`ta\`ble`) AS expected
