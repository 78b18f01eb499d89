SELECT COUNT_BIG(*) AS value FROM (SELECT 1) returned
