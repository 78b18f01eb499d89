-- of a number
SELECT
  MIN(`back``tick`) AS value
-- of a date
SELECT
  MIN(`select`) AS value
-- of a text
SELECT
  MIN(CAST(CAST(`we"ird` AS STRING) AS BINARY)) AS value
