-- of a number
SELECT
  MIN(`back``tick`) AS value
-- of a date
SELECT
  MIN(`select`) AS value
-- of a text
SELECT
  MIN(CAST(CONVERT(`we"ird` USING utf8mb4) AS BINARY)) AS value
