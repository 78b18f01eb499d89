SELECT COUNT(*) AS value FROM (SELECT 1) returned
