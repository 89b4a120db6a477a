-- Puts a row into every table of a program's own database, with a canary in every column of texts that no rule keeps, and returns them.
-- Reads input as look.sql does. Constraints between tables are off.
SET session_replication_role = replica;
CREATE TEMP TABLE canaries (value text);
DO $plant$
DECLARE
  target record;
  col record;
  names text[];
  vals text[];
  canary text;
  own text[];
  planted int;
  value text;
BEGIN
  FOR target IN SELECT * FROM there WHERE oid NOT IN (SELECT oid FROM absent) LOOP
    names := '{}'; vals := '{}'; own := '{}';
    FOR col IN SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, t.typtype, t.oid AS typ, a.attnotnull, a.attidentity,
                 CASE WHEN a.atttypmod > 4 THEN a.atttypmod - 4 END AS length,
                 (SELECT rule FROM rules r WHERE r."table" = target.called AND r."column" = a.attname) AS rule
               FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
               WHERE a.attrelid = target.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' LOOP
      canary := 'cnry' || md5(target.called || '.' || col.attname);
      -- What refers to something else by its name keeps doing so.
      IF col.rule = 'token' THEN canary := 'cnry' || md5(col.attname); END IF;
      IF col.rule = 'email' THEN canary := canary || '@corp.test'; END IF;
      IF col.type ~ '^(text|character)' THEN
        canary := left(canary, coalesce(col.length, 100));
        IF col.rule = 'keep' OR length(canary) < 8 THEN canary := left('kept', coalesce(col.length, 100)); value := quote_literal(canary);
        ELSE own := own || canary;
          value := quote_literal(CASE WHEN col.rule = 'json' THEN format('{"%s": ["%s"]}', canary, canary) ELSE canary END);
        END IF;
        IF col.type ~ '\[\]$' THEN value := format('ARRAY[%s]::%s', value, col.type); END IF;
      ELSIF col.type IN ('json', 'jsonb') THEN
        IF col.rule IS DISTINCT FROM 'keep' THEN own := own || canary; END IF;
        value := quote_literal(format('{"%1$s": {"deep": ["%1$s", 1]}}', CASE WHEN col.rule = 'keep' THEN 'kept' ELSE canary END));
      ELSIF col.type = 'bytea' THEN
        own := own || canary; value := format('convert_to(%L, ''UTF8'')', canary);
      ELSIF col.type = 'uuid' THEN value := quote_literal(md5('')::uuid);
      ELSIF col.type = 'boolean' THEN value := 'true';
      ELSIF col.type ~ '^(timestamp|date)' THEN value := '''2026-01-01''';
      ELSIF col.typtype = 'e' THEN SELECT quote_literal(enumlabel) INTO value FROM pg_enum WHERE enumtypid = col.typ LIMIT 1;
      ELSE value := '1';
      END IF;
      names := names || quote_ident(col.attname); vals := vals || value;
    END LOOP;
    BEGIN
      EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s) ON CONFLICT DO NOTHING',
        target.oid::regclass, array_to_string(names, ', '), array_to_string(vals, ', '));
      GET DIAGNOSTICS planted = ROW_COUNT;
    EXCEPTION WHEN check_violation THEN planted := 0;
    END;
    IF planted = 1 THEN INSERT INTO canaries SELECT 'canary ' || unnest(own);
    ELSE INSERT INTO canaries VALUES ('unplanted ' || target.called); END IF;
  END LOOP;
END $plant$;
SELECT value FROM canaries ORDER BY 1;
