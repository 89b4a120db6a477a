import fc from "fast-check";
import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { knexConnection } from "../../../platforms/vpai/services/nocodb/connection";
import { redisDatabase } from "../../../capabilities/redis-database";
import { contextWith } from "../../context";

/** Any password: what a person may import from elsewhere is not letters and digits only. */
const password = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });

const DATABASE = {
  name: "sure",
  role: "the_role",
  password: { name: "p", description: "A password", origin: "random" },
} as const;

const CONTEXT = contextWith();

test("a database's URL leads to the right place, whatever the password contains", () => {
  fc.assert(
    fc.property(password, (secret) => {
      const url = new URL(postgresqlDatabase.url(DATABASE)(secret, CONTEXT));
      expect([url.protocol, url.username, decodeURIComponent(url.password)]).toEqual([
        "postgresql:",
        "the_role",
        secret,
      ]);
      expect([url.host, url.pathname, url.search, url.hash]).toEqual(["postgresql:5432", "/sure", "", ""]);
    }),
  );
});

test("Redis' URL leads to the right database, whatever the password contains", () => {
  fc.assert(
    fc.property(password, (secret) => {
      const url = new URL(redisDatabase.url({ number: 1 })(secret, CONTEXT));
      expect([url.protocol, url.username, decodeURIComponent(url.password)]).toEqual(["redis:", "default", secret]);
      expect([url.host, url.pathname, url.search, url.hash]).toEqual(["redis:6379", "/1", "", ""]);
    }),
  );
});

test("NocoDB's file holds the password as it is", () => {
  fc.assert(
    fc.property(password, (secret) => {
      expect(JSON.parse(knexConnection(DATABASE)(secret, CONTEXT))).toEqual({
        client: "pg",
        connection: { host: "postgresql", port: 5432, user: "the_role", password: secret, database: "sure" },
      });
    }),
  );
});
