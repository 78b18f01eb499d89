SELECT COUNT(CASE WHEN place <= 10 AND (CAST(CONVERT(shown USING utf8mb4) AS BINARY) IN (CAST(CONVERT('it''s' USING utf8mb4) AS BINARY), CAST(CONVERT('back\\slash' USING utf8mb4) AS BINARY), CAST(CONVERT('😀' USING utf8mb4) AS BINARY))) THEN 1 END) AS value,
3 AS expected
FROM (SELECT shown, RANK() OVER (ORDER BY frequency DESC) AS place
FROM (SELECT MIN(c0) AS shown, COUNT(*) AS frequency
FROM (SELECT CAST(`we"ird` AS CHAR) AS c0, CAST(CONVERT(CAST(`we"ird` AS CHAR) USING utf8mb4) AS BINARY) AS c1 FROM `sch'ema`.`ta ble` WHERE 1 = 1) checked WHERE c0 IS NOT NULL
GROUP BY c1) counted) ranked
