-- nulls, mean, median
SELECT COUNT(CASE WHEN "we""ird" IS NULL THEN 1 END) AS dq0,
  COUNT(*) AS dq1,
  AVG(CAST("back`tick" AS BINARY_DOUBLE)) AS dq2,
  PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY CAST("back`tick" AS BINARY_DOUBLE)) AS dq3
FROM "s"."t" SAMPLE (12.5) SEED (1773144000)
-- filtered
SELECT COUNT(CASE WHEN "we""ird" IS NULL THEN 1 END) AS dq0,
  COUNT(*) AS dq1
FROM "s"."t" SAMPLE (12.5) SEED (1773144000)
WHERE (1 = 1)
-- nulls, mean, median
SELECT COUNT(CASE WHEN "we""ird" IS NULL THEN 1 END) AS dq0,
  COUNT(*) AS dq1,
  AVG(CAST("back`tick" AS BINARY_DOUBLE)) AS dq2,
  PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY CAST("back`tick" AS BINARY_DOUBLE)) AS dq3
FROM "s"."t" SAMPLE BLOCK (0.000001) SEED (1773144000)
-- filtered
SELECT COUNT(CASE WHEN "we""ird" IS NULL THEN 1 END) AS dq0,
  COUNT(*) AS dq1
FROM "s"."t" SAMPLE BLOCK (0.000001) SEED (1773144000)
WHERE (1 = 1)
-- keys
SELECT 100 * CAST(COUNT(known) AS BINARY_DOUBLE) / NULLIF(COUNT(c0), 0) AS value, COUNT(*) AS rows_read
FROM (SELECT "back`tick" AS c0 FROM "s"."t" SAMPLE (12.5) SEED (1773144000)) checked LEFT JOIN (SELECT DISTINCT "id" AS known FROM "sche.ma"."ta`ble"
WHERE "id" IS NOT NULL) keys_known ON checked.c0 = keys_known.known
-- keys
SELECT 100 * CAST(COUNT(known) AS BINARY_DOUBLE) / NULLIF(COUNT(c0), 0) AS value, COUNT(*) AS rows_read
FROM (SELECT "back`tick" AS c0 FROM "s"."t" SAMPLE BLOCK (0.000001) SEED (1773144000)) checked LEFT JOIN (SELECT DISTINCT "id" AS known FROM "sche.ma"."ta`ble"
WHERE "id" IS NOT NULL) keys_known ON checked.c0 = keys_known.known
