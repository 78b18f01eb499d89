SELECT * FROM (SELECT 2 AS severity) returned
