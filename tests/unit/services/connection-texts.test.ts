import fc from "fast-check";
import { databaseUrl } from "../../../capabilities/database-url";
import { knexConnection } from "../../../platforms/vpai/services/nocodb/connection";
import { redisUrl } from "../../../capabilities/redis-url";

/** Any password: what a person may import from elsewhere is not letters and digits only. */
const password = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });

const DATABASE = { name: "sure", role: "the_role" };

test("a database's URL leads to the right place, whatever the password contains", () => {
  fc.assert(
    fc.property(password, (secret) => {
      const url = new URL(databaseUrl(DATABASE)(secret));
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
      const url = new URL(redisUrl(1)(secret));
      expect([url.protocol, url.username, decodeURIComponent(url.password)]).toEqual(["redis:", "default", secret]);
      expect([url.host, url.pathname, url.search, url.hash]).toEqual(["redis:6379", "/1", "", ""]);
    }),
  );
});

test("NocoDB's file holds the password as it is", () => {
  fc.assert(
    fc.property(password, (secret) => {
      expect(JSON.parse(knexConnection(DATABASE)(secret))).toEqual({
        client: "pg",
        connection: { host: "postgresql", port: 5432, user: "the_role", password: secret, database: "sure" },
      });
    }),
  );
});
