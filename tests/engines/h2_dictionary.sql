CREATE VIEW all_users AS
SELECT schema_name AS username,
       CASE WHEN schema_name IN ('INFORMATION_SCHEMA', 'PUBLIC') THEN 'Y' ELSE 'N' END AS oracle_maintained
FROM information_schema.schemata;
CREATE VIEW all_tables AS
SELECT table_schema AS owner, table_name, CAST(row_count_estimate AS NUMBER) AS num_rows
FROM information_schema.tables WHERE table_type = 'BASE TABLE';
CREATE VIEW all_views AS
SELECT table_schema AS owner, table_name AS view_name FROM information_schema.views;
CREATE VIEW all_mviews AS
SELECT table_schema AS owner, table_name AS mview_name FROM information_schema.tables WHERE 1 = 0;
CREATE VIEW all_objects AS
SELECT table_schema AS owner, table_name AS object_name,
       CASE WHEN table_type = 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS object_type, 'N' AS secondary
FROM information_schema.tables;
CREATE VIEW all_tab_comments AS
SELECT table_schema AS owner, table_name, CASE WHEN table_type = 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS table_type,
       remarks AS comments
FROM information_schema.tables;
CREATE VIEW all_col_comments AS
SELECT table_schema AS owner, table_name, column_name, remarks AS comments FROM information_schema.columns;
CREATE VIEW all_tab_columns AS
SELECT table_schema AS owner, table_name, column_name, ordinal_position AS column_id,
       CASE data_type
         WHEN 'NUMERIC' THEN 'NUMBER'
         WHEN 'DECFLOAT' THEN 'NUMBER'
         WHEN 'BIGINT' THEN 'NUMBER'
         WHEN 'INTEGER' THEN 'NUMBER'
         WHEN 'DOUBLE PRECISION' THEN 'BINARY_DOUBLE'
         WHEN 'REAL' THEN 'BINARY_FLOAT'
         WHEN 'CHARACTER VARYING' THEN 'VARCHAR2'
         WHEN 'CHARACTER' THEN 'CHAR'
         WHEN 'CHARACTER LARGE OBJECT' THEN 'CLOB'
         WHEN 'BINARY LARGE OBJECT' THEN 'BLOB'
         WHEN 'BINARY VARYING' THEN 'RAW'
         WHEN 'TIMESTAMP' THEN CASE datetime_precision WHEN 0 THEN 'DATE' ELSE 'TIMESTAMP(6)' END
         WHEN 'TIMESTAMP WITH TIME ZONE' THEN 'TIMESTAMP(6) WITH TIME ZONE'
         ELSE data_type
       END AS data_type,
       CASE data_type WHEN 'DECFLOAT' THEN NULL ELSE numeric_precision END AS data_precision,
       CASE data_type WHEN 'DECFLOAT' THEN NULL ELSE numeric_scale END AS data_scale,
       COALESCE(character_maximum_length, 0) AS char_length, 'C' AS char_used,
       COALESCE(character_octet_length, 0) AS data_length,
       CASE is_nullable WHEN 'YES' THEN 'Y' ELSE 'N' END AS nullable, CAST(NULL AS NUMBER) AS num_distinct
FROM information_schema.columns;
CREATE VIEW all_constraints AS
SELECT table_schema AS owner, table_name, constraint_name,
       CASE constraint_type WHEN 'PRIMARY KEY' THEN 'P' ELSE 'O' END AS constraint_type
FROM information_schema.table_constraints;
CREATE VIEW all_cons_columns AS
SELECT table_schema AS owner, table_name, constraint_name, column_name FROM information_schema.key_column_usage;
CREATE VIEW product_component_version AS
SELECT 'Oracle mode of H2' AS product, h2version() AS version FROM DUAL
