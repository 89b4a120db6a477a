-- All that has to be the same before and after a migration, a line each. The rows of a table are counted and summed up by their
-- hashes, whatever their order. What extensions and the system bring by themselves is left out.
SET search_path = '';
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET bytea_output = 'hex';
SET extra_float_digits = 1;

SELECT 'role', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit,
       coalesce(rolvaliduntil::text, ''), md5(coalesce(rolpassword, ''))
FROM pg_catalog.pg_authid WHERE rolname !~ '^pg_' ORDER BY rolname;

SELECT 'member', r.rolname, m.rolname, admin_option
FROM pg_catalog.pg_auth_members a JOIN pg_catalog.pg_authid r ON r.oid = roleid JOIN pg_catalog.pg_authid m ON m.oid = member
WHERE m.rolname !~ '^pg_' ORDER BY 2, 3;

SELECT 'setting', coalesce(datname, ''), coalesce(rolname, ''), setconfig
FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_database d ON d.oid = setdatabase
     LEFT JOIN pg_catalog.pg_authid r ON r.oid = setrole ORDER BY 2, 3;

SELECT 'database', datname, pg_catalog.pg_get_userbyid(datdba), pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit,
       (SELECT pg_catalog.string_agg(concat_ws(' ', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(grantee) END,
                                               privilege_type, is_grantable), ', '
                                     ORDER BY CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(grantee) END, privilege_type)
        FROM pg_catalog.aclexplode(coalesce(datacl, pg_catalog.acldefault('d', datdba))))
FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database();

SELECT 'extension', extname, nspname FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace ORDER BY 2;

-- A server that is for reading only makes no view.
\set own '(SELECT c.oid, relkind, nspname, relname, pg_catalog.format(''%I.%I'', nspname, relname) AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace WHERE nspname !~ ''^pg_'' AND nspname <> ''information_schema'' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = ''pg_catalog.pg_class''::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = ''e''))'

SELECT 'relation', relkind, name FROM :own AS own WHERE relkind <> 't' ORDER BY 3;

-- A constraint of kind n is one that earlier versions keep with the column.
SELECT 'constraint', name, conname, contype, convalidated
FROM pg_catalog.pg_constraint JOIN :own AS o ON o.oid = conrelid WHERE contype <> 'n' ORDER BY 2, 3;

SELECT 'column', name, attname, pg_catalog.format_type(atttypid, atttypmod), attnotnull
FROM pg_catalog.pg_attribute JOIN :own AS o ON o.oid = attrelid
WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm') ORDER BY 2, attnum;

SELECT 'trigger', name, tgname, tgenabled
FROM pg_catalog.pg_trigger JOIN :own AS o ON o.oid = tgrelid WHERE NOT tgisinternal ORDER BY 2, 3;

SELECT 'function', nspname, proname, pg_catalog.pg_get_function_identity_arguments(p.oid), md5(prosrc)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = pronamespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 2, 3, 4;

SELECT 'large objects', (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata), count(*),
       coalesce(sum(pg_catalog.hashtextextended(pg_catalog.encode(data, 'hex'), loid::bigint + pageno)::numeric), 0)
FROM pg_catalog.pg_largeobject;

SELECT pg_catalog.format('SELECT ''sequence'', %L, last_value, is_called FROM %s', name, name) FROM :own AS own WHERE relkind = 'S' ORDER BY name
\gexec

SELECT pg_catalog.format('SELECT ''rows'', %L, count(*), coalesce(sum(pg_catalog.hashtextextended(t::text, 0)::numeric), 0) FROM ONLY %s t', name, name)
FROM :own AS own WHERE relkind = 'r' ORDER BY name
\gexec
