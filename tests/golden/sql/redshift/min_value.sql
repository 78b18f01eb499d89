-- of a number
SELECT
  MIN("back`tick") AS value
-- of a date
SELECT
  MIN("select") AS value
-- of a text
SELECT
  MIN(CAST("we""ird" AS VARCHAR(65535))) AS value
