-- What Redshift has and PostgreSQL lacks, as far as our statements ask for it.
CREATE FUNCTION getdate() RETURNS timestamp LANGUAGE sql STABLE AS 'SELECT localtimestamp(0)';

-- Types; the catalogue's views below tell their names.
CREATE DOMAIN super AS jsonb;
CREATE DOMAIN varbyte AS bytea;

CREATE VIEW svv_tables AS
SELECT t.table_catalog, t.table_schema, t.table_name, t.table_type,
       obj_description(c.oid, 'pg_class')::varchar AS remarks
FROM information_schema.tables t
JOIN pg_namespace n ON n.nspname = t.table_schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.table_name
UNION ALL  -- materialised views count as views
SELECT current_database(), n.nspname, c.relname, 'VIEW', NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm';

CREATE VIEW svv_columns AS
SELECT s.table_catalog, s.table_schema, s.table_name, s.column_name, s.ordinal_position, s.is_nullable,
       COALESCE(s.domain_name, s.data_type)::varchar AS data_type,
       s.character_maximum_length, s.numeric_precision, s.numeric_scale,
       col_description(c.oid, s.ordinal_position)::varchar AS remarks
FROM information_schema.columns s
JOIN pg_namespace n ON n.nspname = s.table_schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name
UNION ALL
SELECT current_database(), n.nspname, c.relname, a.attname, a.attnum, 'YES', format_type(a.atttypid, NULL),
       NULL, NULL, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'm' AND a.attnum > 0;

CREATE VIEW svv_mv_info AS
SELECT matviewname AS name, schemaname AS schema_name FROM pg_matviews;

CREATE VIEW svv_table_info AS
SELECT n.nspname AS "schema", c.relname AS "table", CEIL(pg_total_relation_size(c.oid) / 1048576.0)::bigint AS "size",
       c.reltuples::numeric(38, 0) AS estimated_visible_rows
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.reltuples > 0;

GRANT SELECT ON svv_tables, svv_columns, svv_mv_info TO PUBLIC;
