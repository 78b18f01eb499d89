SELECT SUM(CASE WHEN ABS(place - 1 - 0.25 * (many - 1)) < 1 THEN c0 * (1 - ABS(place - 1 - 0.25 * (many - 1))) END) AS value
FROM (SELECT c0, ROW_NUMBER() OVER (ORDER BY CASE WHEN c0 IS NULL THEN 1 ELSE 0 END, c0) AS place,
COUNT_BIG(c0) OVER () AS many
FROM (SELECT CAST([back`tick] AS DOUBLE PRECISION) AS c0 FROM [sch'ema].[ta ble] WHERE 1 = 1) checked) ranked
