-- of a number
SELECT
  MIN("back`tick") AS value
-- of a date
SELECT
  MIN("select") AS value
-- of a text
SELECT
  MIN(TO_CHAR("we""ird")) AS value
