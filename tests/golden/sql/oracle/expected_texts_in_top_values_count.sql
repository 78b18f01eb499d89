SELECT COUNT(CASE WHEN place <= 10 AND (TO_CHAR(shown) IN (TO_CHAR('it''s'), TO_CHAR('back\slash'), TO_CHAR('😀'))) THEN 1 END) AS value,
3 AS expected
FROM (SELECT shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT MIN(c0) AS shown, COUNT(*) AS frequency
FROM (SELECT TO_CHAR("we""ird") AS c0, TO_CHAR(TO_CHAR("we""ird")) AS c1 FROM "sch'ema"."ta ble" WHERE 1 = 1) checked WHERE c0 IS NOT NULL
GROUP BY c1) counted) ranked
