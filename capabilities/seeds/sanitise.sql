-- Carries out rules on tables that are filled and have neither indexes nor constraints yet; then refuses what is left of what they replace,
-- and what looks like an address or a key. Reads `input` as look.sql does, and `seed.key`: what made-up values depend on.

-- The same for the same: 64 signs.
CREATE FUNCTION pg_temp.digest(text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN encode(sha256(convert_to(current_setting('seed.key') || $1, 'UTF8')), 'hex');

CREATE FUNCTION pg_temp.made_text(text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN left(repeat(pg_temp.digest($1), length($1) / 64 + 1), length($1));

CREATE FUNCTION pg_temp.made_token(text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN left(pg_temp.digest($1), 32);

CREATE FUNCTION pg_temp.made_email(text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'person-' || left(pg_temp.digest(lower(trim($1))), 12) || '@example.invalid';

CREATE FUNCTION pg_temp.made_name(text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'Person ' || left(pg_temp.digest($1), 6);

-- Whether a place is one of those that stay. A star is any one key; of a place that ends with a colon the key alone stays.
CREATE FUNCTION pg_temp.stays(place text[], places jsonb, as_key boolean) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN EXISTS (
  SELECT FROM jsonb_array_elements_text(places) AS listed(pattern), string_to_array(rtrim(pattern, ':'), '.') AS keys
  WHERE (as_key OR pattern NOT LIKE '%:') AND cardinality(keys) = cardinality(place) AND NOT EXISTS (
    SELECT FROM unnest(keys, place) AS u(wanted, found) WHERE wanted <> '*' AND wanted <> found));

CREATE FUNCTION pg_temp.made_json(value jsonb, places jsonb, place text[] DEFAULT '{}') RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $made$
BEGIN
  CASE jsonb_typeof(value)
    WHEN 'object' THEN
      RETURN (SELECT coalesce(jsonb_object_agg(
        CASE WHEN pg_temp.stays(place || key, places, true) THEN key ELSE pg_temp.made_text(key) END,
        pg_temp.made_json(child, places, place || key)), '{}') FROM jsonb_each(value) AS e(key, child));
    WHEN 'array' THEN
      RETURN (SELECT coalesce(jsonb_agg(pg_temp.made_json(child, places, place || '*'::text) ORDER BY nr), '[]')
        FROM jsonb_array_elements(value) WITH ORDINALITY AS e(child, nr));
    WHEN 'string' THEN
      RETURN CASE WHEN pg_temp.stays(place, places, false) THEN value ELSE to_jsonb(pg_temp.made_text(value #>> '{}')) END;
    WHEN 'number' THEN RETURN CASE WHEN pg_temp.stays(place, places, false) THEN value ELSE to_jsonb(0) END;
    ELSE RETURN value;
  END CASE;
END $made$;

-- Texts that are replaced, each once: none of them may be anywhere afterwards. Shorter ones are in many words.
CREATE TEMP TABLE originals (value text PRIMARY KEY);

DO $sanitise$
DECLARE
  one record;
  target record;
  expression text;
  changes text[];
BEGIN
  FOR target IN SELECT called, oid FROM filled LOOP
    FOR one IN SELECT i.key AS "column", i.value AS wanted FROM input, jsonb_each(input.value -> 'only' -> target.called) i LOOP
      EXECUTE format('DELETE FROM %s WHERE %I::text IS NULL OR NOT %L::jsonb ? %I::text', target.oid::regclass, one."column", one.wanted, one."column");
    END LOOP;
    changes := '{}';
    FOR one IN SELECT r.*, c.type FROM rules r JOIN columns c ON c."table" = r."table" AND c."column" = r."column"
               WHERE r."table" = target.called AND r.rule <> 'keep' LOOP
      IF one.rule IN ('email', 'token', 'null', 'constant') AND one.type ~ '^(text|character|citext)' AND one.type !~ '\[\]$' THEN
        EXECUTE format('INSERT INTO originals SELECT DISTINCT %1$I::text FROM %2$s WHERE length(%1$I::text) BETWEEN 8 AND 500'
          ' AND %1$I::text IS DISTINCT FROM %3$L ON CONFLICT DO NOTHING', one."column", target.oid::regclass, one.value);
      END IF;
      expression := CASE one.rule
        WHEN 'null' THEN format('NULL::%s', one.type)
        WHEN 'constant' THEN format('%L::%s', one.value, one.type)
        WHEN 'json' THEN format('pg_temp.made_json(replace(%I::text, ''\u0000'', '''')::jsonb, %L)::text::%s', one."column", one.places, one.type)
        ELSE CASE WHEN one.type ~ '\[\]$'
          THEN format('ARRAY(SELECT pg_temp.made_%s(x::text) FROM unnest(%I) x)::%s', one.rule, one."column", one.type)
          ELSE format('pg_temp.made_%s(%I::text)::%s', one.rule, one."column", one.type) END
      END;
      -- What is not there stays so.
      changes := changes || format('%1$I = CASE WHEN %1$I IS NULL THEN NULL ELSE %2$s END', one."column", expression);
    END LOOP;
    IF cardinality(changes) > 0 THEN
      EXECUTE format('UPDATE %s SET %s', target.oid::regclass, array_to_string(changes, ', '));
    END IF;
  END LOOP;
END $sanitise$;

-- Forms of addresses and keys. Made-up addresses are taken out first.
CREATE TEMP TABLE shapes (name text, pattern text);
INSERT INTO shapes VALUES
  ('an e-mail address', '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}'),
  ('a login in a URL', '://[^/@\s:"]+:[^/@\s"]+@'),
  ('an API key', '(\m|_)(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}'),
  ('a token of GitHub', '\mgh[pousr]_[A-Za-z0-9]{20,}|\mgithub_pat_[A-Za-z0-9_]{20,}'),
  ('a token of Slack', '\mxox[abeoprs]-[A-Za-z0-9-]{10,}'),
  ('a token of a bot of Telegram', '\m\d{8,10}:[A-Za-z0-9_-]{35}'),
  ('a key of AWS', '\m(AKIA|ASIA)[A-Z0-9]{16}\M'),
  ('a signed token', '\meyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.'),
  ('a login of HTTP', '([Bb]earer|[Bb]asic)\s+[A-Za-z0-9._~+/=-]{12,}'),
  ('a private key', '-----BEGIN [A-Z ]*PRIVATE KEY'),
  ('the verifier of a password', '\$2[aby]\$\d\d\$|\$argon2|SCRAM-SHA-256\$|\$scrypt\$'),
  ('something encrypted', 'U2FsdGVkX1');

DO $look$
DECLARE
  one record;
  shape record;
  found boolean;
  leaks text[] := '{}';
BEGIN
  FOR one IN SELECT * FROM columns WHERE type ~ '^(text|character|citext|json|xml|bytea|hstore|name|")|\[\]$' LOOP
    FOR shape IN SELECT * FROM shapes LOOP
      EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE regexp_replace(%I::text, %L, '''', ''g'') ~ %L)',
        one.oid::regclass, one."column", 'person-[0-9a-f]{12}@example\.invalid', shape.pattern) INTO found;
      IF found THEN leaks := leaks || format('%s.%s has what looks like %s', one."table", one."column", shape.name); END IF;
    END LOOP;
    EXECUTE format('SELECT EXISTS (SELECT FROM %s t, originals o WHERE position(o.value IN t.%I::text) > 0)',
      one.oid::regclass, one."column") INTO found;
    IF found THEN leaks := leaks || format('%s.%s has a value that is replaced elsewhere', one."table", one."column"); END IF;
  END LOOP;
  IF cardinality(leaks) > 0 THEN
    RAISE EXCEPTION USING MESSAGE = E'left of what may not leave:\n' || array_to_string(leaks, E'\n');
  END IF;
END $look$;
