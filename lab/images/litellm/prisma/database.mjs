import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";

/** PostgreSQL's types `name` and `name[]`, which the adapter does not know, and `text` and `text[]`, which it does. */
const textTypes = new Map([
  [19, 25],
  [1003, 1009],
]);
for (const [name, text] of textTypes) pg.types.setTypeParser(name, pg.types.getTypeParser(text));

/**
 * How Prisma's WebAssembly engines reach PostgreSQL, under the URL that Prisma's native ones take: its parameters
 * `schema`, `connection_limit` (default 10) and `pool_timeout` (seconds, default 10) hold here, too.
 */
export class Database extends PrismaPg {
  constructor(url) {
    const parameters = new URL(url).searchParams;
    const pool = new pg.Pool({
      Client,
      connectionString: url,
      max: Number(parameters.get("connection_limit") ?? 10),
      connectionTimeoutMillis: Number(parameters.get("pool_timeout") ?? 10) * 1000,
    });
    super(pool, { schema: parameters.get("schema") ?? undefined });
    this.pool = pool;
  }

  async connect() {
    const adapter = await super.connect();
    // The adapter's own cuts a script at each semicolon, those inside of function bodies, too.
    adapter.executeScript = async (script) => {
      await this.pool.query(script).catch((error) => adapter.onError(error));
    };
    return adapter;
  }
}

class Client extends pg.Client {
  query(...args) {
    const done = args.at(-1);
    if (typeof done === "function") {
      return super.query(...args.slice(0, -1), (error, result) => done(error, namesAsText(result)));
    }
    return super.query(...args).then(namesAsText);
  }
}

function namesAsText(result) {
  for (const field of result?.fields ?? []) {
    field.dataTypeID = textTypes.get(field.dataTypeID) ?? field.dataTypeID;
  }
  return result;
}
