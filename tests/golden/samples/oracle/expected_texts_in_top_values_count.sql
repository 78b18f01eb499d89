SELECT s0, s1, s2, s3, s4 FROM (SELECT s0, s1, s2, s3, s4, shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT s0, s1, s2, s3, s4, c0 AS shown, COUNT(*) OVER (PARTITION BY c1) AS frequency,
ROW_NUMBER() OVER (PARTITION BY c1 ORDER BY c1) AS nth
FROM (SELECT TO_CHAR(SUBSTR("we""ird", 1, 11)) AS s0, SUBSTR(TO_CHAR("back`tick"), 1, 11) AS s1, SUBSTR(TO_CHAR(CASE WHEN "it's" IS TRUE THEN 'true' WHEN "it's" IS FALSE THEN 'false' END), 1, 11) AS s2, SUBSTR(TO_CHAR("select", 'YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM'), 1, 11) AS s3, SUBSTR(TO_CHAR("größe", 'YYYY-MM-DD'), 1, 11) AS s4, TO_CHAR("we""ird") AS c0, TO_CHAR(TO_CHAR("we""ird")) AS c1 FROM "sch'ema"."ta ble" WHERE 1 = 1) checked WHERE c0 IS NOT NULL) counted WHERE nth = 1) ranked
WHERE place <= 10 AND NOT (TO_CHAR(shown) IN (TO_CHAR('it''s'), TO_CHAR('back\slash'), TO_CHAR('😀'))) FETCH FIRST 3 ROWS ONLY
