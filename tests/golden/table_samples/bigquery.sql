-- nulls, mean
SELECT COUNT(CASE WHEN `we"ird` IS NULL THEN 1 END) AS dq0,
  COUNT(*) AS dq1,
  AVG(CAST(`back\`tick` AS FLOAT64)) AS dq2
FROM `s`.`t` TABLESAMPLE SYSTEM (0.000001 PERCENT)
-- filtered
SELECT COUNT(CASE WHEN `we"ird` IS NULL THEN 1 END) AS dq0,
  COUNT(*) AS dq1
FROM `s`.`t` TABLESAMPLE SYSTEM (0.000001 PERCENT)
WHERE (1 = 1)
-- median
SELECT SUM(CASE WHEN ABS(place - 1 - 0.5 * (many - 1)) < 1 THEN c0 * (1 - ABS(place - 1 - 0.5 * (many - 1))) END) AS value, COUNT(*) AS rows_read
FROM (SELECT c0, ROW_NUMBER() OVER (ORDER BY CASE WHEN c0 IS NULL THEN 1 ELSE 0 END, c0) AS place,
COUNT(c0) OVER () AS many
FROM (SELECT CAST(`back\`tick` AS FLOAT64) AS c0 FROM `s`.`t` TABLESAMPLE SYSTEM (0.000001 PERCENT)) checked) ranked
-- keys
SELECT 100 * CAST(COUNT(known) AS FLOAT64) / NULLIF(COUNT(c0), 0) AS value, COUNT(*) AS rows_read
FROM (SELECT `back\`tick` AS c0 FROM `s`.`t` TABLESAMPLE SYSTEM (0.000001 PERCENT)) checked LEFT JOIN (SELECT DISTINCT `id` AS known FROM `sche`.`ma`.`ta\`ble`
WHERE `id` IS NOT NULL) keys_known ON checked.c0 = keys_known.known
