-- What SQL Server has and DuckDB lacks, as far as our statements ask for it.
SET TimeZone = 'UTC';
SET threads = 1;
CREATE SCHEMA dbo;
CREATE SCHEMA sys;

CREATE MACRO sysutcdatetime() AS (CURRENT_TIMESTAMP AT TIME ZONE 'UTC');
CREATE MACRO switchoffset(x, zone) AS (x AT TIME ZONE 'UTC');
CREATE MACRO stdev(x) AS stddev_samp(x);
CREATE MACRO stdevp(x) AS stddev_pop(x);
CREATE MACRO var(x) AS var_samp(x);
CREATE MACRO varp(x) AS var_pop(x);
CREATE MACRO serverproperty(x) AS '16.0.1000.6';

CREATE VIEW sys.schemas AS
SELECT schema_name AS name,
       CASE WHEN schema_name = 'information_schema' THEN 3 WHEN schema_name = 'sys' THEN 4
            WHEN internal OR schema_name = 'main' THEN 16384 ELSE oid - 20000 END AS schema_id
FROM duckdb_schemas() WHERE database_name = 'memory';

CREATE VIEW sys.objects AS
SELECT table_oid AS object_id, table_name AS name, schema_oid - 20000 AS schema_id, 'U' AS type, FALSE AS is_ms_shipped
FROM duckdb_tables() WHERE database_name = 'memory'
UNION ALL
SELECT view_oid, view_name, schema_oid - 20000, 'V', internal FROM duckdb_views() WHERE database_name = 'memory';

CREATE VIEW sys.partitions AS
SELECT table_oid AS object_id, table_oid AS partition_id, 0 AS index_id, estimated_size AS rows
FROM duckdb_tables() WHERE database_name = 'memory';

CREATE VIEW sys.allocation_units AS SELECT partition_id AS container_id, 2 AS total_pages FROM sys.partitions;

CREATE TABLE sys.types AS
SELECT * FROM (VALUES
  ('uniqueidentifier', 36, 'UUID'), ('date', 40, 'DATE'), ('time', 41, 'TIME'), ('datetime2', 42, 'TIMESTAMP'),
  ('datetimeoffset', 43, 'TIMESTAMP WITH TIME ZONE'), ('tinyint', 48, 'UTINYINT'), ('smallint', 52, 'SMALLINT'),
  ('int', 56, 'INTEGER'), ('real', 59, 'FLOAT'), ('float', 62, 'DOUBLE'), ('bit', 104, 'BOOLEAN'),
  ('decimal', 106, 'DECIMAL'), ('bigint', 127, 'BIGINT'), ('varbinary', 165, 'BLOB'), ('nvarchar', 231, 'VARCHAR')
) AS types (name, user_type_id, in_duckdb);

CREATE VIEW sys.columns AS
SELECT c.table_oid AS object_id, c.column_name AS name, c.column_index AS column_id, t.user_type_id,
       t.user_type_id AS system_type_id, -1 AS max_length, c.numeric_precision AS precision,
       COALESCE(c.numeric_scale, 7) AS scale, c.is_nullable
FROM duckdb_columns() c JOIN sys.types t ON t.in_duckdb = regexp_replace(c.data_type, '\(.*', '')
WHERE c.database_name = 'memory';

CREATE VIEW sys.indexes AS
SELECT table_oid AS object_id, 1 AS index_id, TRUE AS is_primary_key
FROM duckdb_constraints() WHERE database_name = 'memory' AND constraint_type = 'PRIMARY KEY';

CREATE VIEW sys.index_columns AS
SELECT k.object_id, 1 AS index_id, c.column_id
FROM (SELECT table_oid AS object_id, UNNEST(constraint_column_names) AS name
      FROM duckdb_constraints() WHERE database_name = 'memory' AND constraint_type = 'PRIMARY KEY') k
JOIN sys.columns c ON c.object_id = k.object_id AND c.name = k.name;

CREATE VIEW sys.extended_properties AS
SELECT 1 AS class, table_oid AS major_id, column_index AS minor_id, 'MS_Description' AS name, comment AS value
FROM duckdb_columns() WHERE comment IS NOT NULL AND database_name = 'memory'
UNION ALL
SELECT 1, table_oid, 0, 'MS_Description', comment
FROM duckdb_tables() WHERE comment IS NOT NULL AND database_name = 'memory';

-- Many rows, for statements that take long.
CREATE TABLE sys.all_columns AS SELECT range AS column_id FROM range(10000);
