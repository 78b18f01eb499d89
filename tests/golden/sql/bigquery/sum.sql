SELECT
  SUM(`back\`tick` + NUMERIC '0') AS value
