-- of a number
SELECT
  MAX("back`tick") AS value
-- of a date
SELECT
  MAX("select") AS value
-- of a text
SELECT
  MAX((CAST(CAST("we""ird" AS VARCHAR) AS VARCHAR) COLLATE C)) AS value
