-- of a number
SELECT
  MAX([back`tick]) AS value
-- of a date
SELECT
  MAX([select]) AS value
-- of a text
SELECT
  MAX((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2)) AS value
