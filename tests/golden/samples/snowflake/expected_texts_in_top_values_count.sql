SELECT s0, s1, s2, s3, s4 FROM (SELECT s0, s1, s2, s3, s4, shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT s0, s1, s2, s3, s4, c0 AS shown, COUNT(*) OVER (PARTITION BY c1) AS frequency,
ROW_NUMBER() OVER (PARTITION BY c1 ORDER BY c1) AS nth
FROM (SELECT SUBSTRING(CAST("we""ird" AS VARCHAR), 1, 11) AS s0, SUBSTRING(CAST("back`tick" AS VARCHAR), 1, 11) AS s1, SUBSTRING(CAST(CASE WHEN "it's" = TRUE THEN 'true' WHEN "it's" = FALSE THEN 'false' END AS VARCHAR), 1, 11) AS s2, SUBSTRING(CAST("select" AS VARCHAR), 1, 11) AS s3, SUBSTRING(CAST("größe" AS VARCHAR), 1, 11) AS s4, CAST("we""ird" AS VARCHAR) AS c0, TO_BINARY(CAST("we""ird" AS VARCHAR), 'UTF-8') AS c1 FROM "sch'ema"."ta ble" WHERE 1 = 1) checked WHERE c0 IS NOT NULL) counted WHERE nth = 1) ranked
WHERE place <= 10 AND NOT (TO_BINARY(shown, 'UTF-8') IN (TO_BINARY('it''s', 'UTF-8'), TO_BINARY('back\\slash', 'UTF-8'), TO_BINARY('😀', 'UTF-8'))) LIMIT 3
