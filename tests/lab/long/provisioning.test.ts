import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLab } from "../harness/shared";
import { authorityOf, get } from "../harness/site";

/** What services declare is made in others: seen when it is edited, left alone or set back, and checked at the end. */

const PING = "https://mayi.vpai.test/webhook/ping";
const FILE = "platforms/vpai/services/n8n/workflows/ping.json";

let lab: Lab;
let host: LabHost;
let authority: string;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
  authority = await authorityOf(host);
}, 1_500_000);

/** One statement in n8n's database, as its superuser. */
const sql = (statement: string): Promise<string> =>
  host.docker(
    ...["exec", "vpai_postgresql", "psql", "--username", "postgres", "--dbname", "n8n"],
    ...["--tuples-only", "--no-align", "--command", statement],
  );

const names = (): Promise<string> => sql("SELECT name FROM workflow_entity");

describe("n8n's workflows", () => {
  test("run: the webhook answers through Caddy", async () => {
    const { status, body } = await get(host, PING, authority);
    expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ answer: "pong" })]);
  });

  test("are made with a key that is gone", async () => {
    expect(await sql("SELECT count(*) FROM user_api_keys")).toBe("0");
  });

  describe("one that was renamed and unpublished on the server", () => {
    beforeAll(() => sql(`UPDATE workflow_entity SET name = 'Mine', active = false, "activeVersionId" = NULL`));

    test("is seen by a refresh, left alone by up, and still shown", async () => {
      expect(await lab.refresh()).toEqual({ "sese-ai/workflow/ping": "update" });
      expect(await lab.up()).toEqual({ "sese-ai/workflow/ping": "update" });
      expect(await lab.preview()).toEqual({ "sese-ai/workflow/ping": "update" });
      expect(await names()).toBe("Mine");
    });

    test("is set back where config says so, with the same id, and runs without a restart", async () => {
      const before = [await host.starts(), await sql("SELECT id FROM workflow_entity")];
      lab.edit("Pulumi.lab.yaml", (text) => text.replace("  vpai:tls:", "  vpai:workflows: overwrite\n  vpai:tls:"));
      expect(await lab.up()).toEqual({ "sese-ai/workflow/ping": "update" });
      expect([await host.starts(), await sql("SELECT id FROM workflow_entity")]).toEqual(before);
      expect(await names()).toBe("Ping");
      expect((await get(host, PING, authority)).status).toBe(200);
      expect(await lab.preview()).toEqual({});
    });
  });

  test("a changed file is published, and another up changes nothing", async () => {
    lab.replace(FILE, "pong", "pong again");
    lab.replace("platforms/vpai/services/n8n.ts", '"answer":"pong"', '"answer":"pong again"');
    expect(await lab.up()).toEqual({ "sese-ai/workflow/ping": "update", "sese-ai/smoke": "update" });
    expect((await get(host, PING, authority)).body).toContain('"answer":"pong again"');
    expect(await lab.up()).toEqual({});
  });
});

describe("the checks at the end of an up", () => {
  afterEach(() => lab.restoreFiles());

  test("fail it with what was expected and the answer that came, and again until it is right", async () => {
    lab.replace("programs/caddy.ts", 'contains: "OK"', 'contains: "all is well"');
    const message =
      /https:\/\/vpai\.test\/health at [\d.]+:443, a check of caddy: expected status 200 with "all is well", found status 200 with "OK"/;
    await expect(lab.up()).rejects.toThrow(message);
    await expect(lab.up()).rejects.toThrow(message);
  });

  test("see a program of another version", async () => {
    lab.replace("programs/redis.ts", '"v=(', '"bits=(');
    await expect(lab.up()).rejects.toThrow(/vpai_redis, `redis-server --version`: expected version 8\.0\.2, found /);
  });

  test("pass again when all is put back", async () => {
    expect(Object.keys(await lab.up())).toEqual(["sese-ai/smoke"]);
    expect(await lab.preview()).toEqual({});
    expect((await get(host, PING, authority)).body).toContain('"answer":"pong"');
  });
});
