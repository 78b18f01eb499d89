-- of a number
SELECT
  MIN("back`tick") AS value
-- of a date
SELECT
  MIN("select") AS value
-- of a text
SELECT
  MIN(TO_BINARY(CAST("we""ird" AS VARCHAR), 'UTF-8')) AS value
