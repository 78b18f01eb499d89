-- of a number
SELECT
  MAX("back`tick") AS value
-- of a date
SELECT
  MAX("select") AS value
-- of a text
SELECT
  MAX(TO_CHAR("we""ird")) AS value
