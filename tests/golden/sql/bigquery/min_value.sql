-- of a number
SELECT
  MIN(`back\`tick`) AS value
-- of a date
SELECT
  MIN(`select`) AS value
-- of a text
SELECT
  MIN(COLLATE(CAST(`we"ird` AS STRING), '')) AS value
