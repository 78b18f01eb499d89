SELECT COUNT(CASE WHEN place <= 10 AND (TO_BINARY(shown, 'UTF-8') IN (TO_BINARY('it''s', 'UTF-8'), TO_BINARY('back\\slash', 'UTF-8'), TO_BINARY('😀', 'UTF-8'))) THEN 1 END) AS value,
3 AS expected
FROM (SELECT shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT MIN(c0) AS shown, COUNT(*) AS frequency
FROM (SELECT CAST("we""ird" AS VARCHAR) AS c0, TO_BINARY(CAST("we""ird" AS VARCHAR), 'UTF-8') AS c1 FROM "sch'ema"."ta ble" WHERE 1 = 1) checked WHERE c0 IS NOT NULL
GROUP BY c1) counted) ranked
