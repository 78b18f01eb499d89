SELECT COUNT(CASE WHEN place <= 10 AND ((CAST(shown AS VARCHAR) COLLATE C) IN ((CAST('it''s' AS VARCHAR) COLLATE C), (CAST('back\slash' AS VARCHAR) COLLATE C), (CAST('😀' AS VARCHAR) COLLATE C))) THEN 1 END) AS value,
3 AS expected
FROM (SELECT shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT MIN(c0) AS shown, COUNT(*) AS frequency
FROM (SELECT CAST("we""ird" AS VARCHAR) AS c0, (CAST(CAST("we""ird" AS VARCHAR) AS VARCHAR) COLLATE C) AS c1 FROM "sch'ema"."ta ble" WHERE 1 = 1) checked WHERE c0 IS NOT NULL
GROUP BY c1) counted) ranked
