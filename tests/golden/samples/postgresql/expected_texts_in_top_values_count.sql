SELECT s0, s1, s2, s3, s4 FROM (SELECT s0, s1, s2, s3, s4, shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT s0, s1, s2, s3, s4, c0 AS shown, COUNT(*) OVER (PARTITION BY c1) AS frequency,
ROW_NUMBER() OVER (PARTITION BY c1 ORDER BY c1) AS nth
FROM (SELECT SUBSTRING(CAST("we""ird" AS TEXT), 1, 11) AS s0, SUBSTRING(CAST("back`tick" AS TEXT), 1, 11) AS s1, SUBSTRING(CAST(CASE WHEN "it's" IS TRUE THEN 'true' WHEN "it's" IS FALSE THEN 'false' END AS TEXT), 1, 11) AS s2, SUBSTRING(CAST("select" AS TEXT), 1, 11) AS s3, SUBSTRING(CAST("größe" AS TEXT), 1, 11) AS s4, CAST("we""ird" AS TEXT) AS c0, (CAST(CAST("we""ird" AS TEXT) AS TEXT) COLLATE "C") AS c1 FROM "sch'ema"."ta ble" WHERE 1 = 1) checked WHERE c0 IS NOT NULL) counted WHERE nth = 1) ranked
WHERE place <= 10 AND NOT ((CAST(shown AS TEXT) COLLATE "C") IN ((CAST('it''s' AS TEXT) COLLATE "C"), (CAST('back\slash' AS TEXT) COLLATE "C"), (CAST('😀' AS TEXT) COLLATE "C"))) LIMIT 3
