-- Lists what rules say nothing of, and what has to come along. Reads `input`, a table of one value: the rules as JSON.
-- Lines: unknown <what>; or <table's schema> <table's name> of one whose rows come along; absent <its schema> <its name>.
CREATE TEMP VIEW there AS
SELECT n.nspname AS schema, c.relname AS name, c.oid,
       CASE WHEN n.nspname = 'public' THEN c.relname::text ELSE n.nspname || '.' || c.relname END AS called
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%';

CREATE TEMP VIEW absent AS
SELECT t.* FROM there t, input i
WHERE EXISTS (SELECT FROM jsonb_array_elements_text(i.value -> 'absent') AS pattern WHERE t.called ~ pattern);

CREATE TEMP VIEW filled AS
SELECT t.* FROM there t, input i WHERE i.value -> 'filled' ? t.called AND t.oid NOT IN (SELECT oid FROM absent);

CREATE TEMP VIEW columns AS
SELECT t.called AS table, t.oid, a.attname::text AS column, format_type(a.atttypid, a.atttypmod) AS type
FROM filled t JOIN pg_attribute a ON a.attrelid = t.oid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';

CREATE TEMP VIEW rules AS
SELECT r.* FROM input i, jsonb_to_recordset(i.value -> 'columns')
  AS r("table" text, "column" text, rule text, value text, places jsonb);

SELECT E'unknown\ttable ' || called || ' (' ||
       (SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = oid AND attnum > 0 AND NOT attisdropped) || ')'
FROM there, input i
WHERE oid NOT IN (SELECT oid FROM absent) AND NOT i.value -> 'filled' ? called AND NOT i.value -> 'empty' ? called
UNION ALL
SELECT E'unknown\tcolumn ' || "table" || '.' || "column" || ' (' || type || ')' FROM columns
WHERE ("table", "column") NOT IN (SELECT "table", "column" FROM rules)
UNION ALL
SELECT E'unknown\tforeign table ' || relname FROM pg_class WHERE relkind = 'f'
UNION ALL
SELECT E'unknown\tforeign server ' || srvname FROM pg_foreign_server
ORDER BY 1;

SELECT format(E'filled\t%s\t%s', schema, name) FROM filled ORDER BY 1;
SELECT format(E'absent\t%I\t%I', schema, name) FROM absent ORDER BY 1;
