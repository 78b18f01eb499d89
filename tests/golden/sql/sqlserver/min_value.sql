-- of a number
SELECT
  MIN([back`tick]) AS value
-- of a date
SELECT
  MIN([select]) AS value
-- of a text
SELECT
  MIN((CAST([we"ird] AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2)) AS value
