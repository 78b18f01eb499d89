-- of a number
SELECT
  MAX("back`tick") AS value
-- of a date
SELECT
  MAX("select") AS value
-- of a text
SELECT
  MAX(CAST("we""ird" AS VARCHAR(65535))) AS value
