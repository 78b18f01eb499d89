SELECT COUNT(CASE WHEN place <= 10 AND ((CAST(shown AS VARCHAR(65535)) || '|') IN ((CAST('it''s' AS VARCHAR(65535)) || '|'), (CAST('back\\slash' AS VARCHAR(65535)) || '|'), (CAST('😀' AS VARCHAR(65535)) || '|'))) THEN 1 END) AS value,
3 AS expected
FROM (SELECT shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT MIN(c0) AS shown, COUNT(*) AS frequency
FROM (SELECT CAST("we""ird" AS VARCHAR(65535)) AS c0, (CAST(CAST("we""ird" AS VARCHAR(65535)) AS VARCHAR(65535)) || '|') AS c1 FROM "sch'ema"."ta ble" WHERE 1 = 1) checked WHERE c0 IS NOT NULL
GROUP BY c1) counted) ranked
