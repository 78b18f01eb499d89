-- of a number
SELECT
  MIN("back`tick") AS value
-- of a date
SELECT
  MIN("select") AS value
-- of a text
SELECT
  MIN((CAST(CAST("we""ird" AS VARCHAR) AS VARCHAR) COLLATE C)) AS value
