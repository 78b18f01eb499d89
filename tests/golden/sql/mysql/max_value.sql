-- of a number
SELECT
  MAX(`back``tick`) AS value
-- of a date
SELECT
  MAX(`select`) AS value
-- of a text
SELECT
  MAX(CAST(CONVERT(`we"ird` USING utf8mb4) AS BINARY)) AS value
