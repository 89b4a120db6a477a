import { declaredSecretsOf } from "../../../model/service";
import vpai from "../../../platforms/vpai/platform";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLab } from "../harness/shared";
import { authorityOf, get } from "../harness/site";

/** Each declared secret, changed in the stack's file: the running program takes the new one, or one error says why not. */

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

afterAll(async () => {
  for (const name of [...Object.keys(TAKES), "n8nEncryptionKey"]) await lab.pulumi(["config", "rm", `secrets:${name}`]);
});

const set = (name: string, value: string): Promise<unknown> =>
  lab.pulumiSucceed(["config", "set", "--secret", `secrets:${name}`], { stdin: value });

/** Whether a command, which reads the password from its input, is let in. */
async function admits(container: string, command: string, password: string): Promise<boolean> {
  const { code } = await host.run(["docker", "exec", "-i", container, "sh", "-c", command], { stdin: password });
  return code === 0;
}

const postgresql = (role: string, database: string) => (password: string) =>
  admits("vpai_postgresql", `PGPASSWORD=$(cat) psql -h 127.0.0.1 -U ${role} -d ${database} -tAc "SELECT 1"`, password);

/** A site of Caddy whose users' names end with the three keys, as Caddy itself has read them; the password is `p`. */
const caddy =
  (name: string) =>
  async (key: string): Promise<boolean> => {
    const { status } = await get(host, `https://${name}-${key}:p@who.vpai.test/`, await authorityOf(host));
    expect([200, 401]).toContain(status);
    return status === 200;
  };

/** Whether n8n lets its owner in; the login travels on standard input. */
async function owner(password: string): Promise<boolean> {
  const login = `
    let text = "";
    process.stdin.on("data", (part) => (text += part)).on("end", async () => {
      const headers = { "content-type": "application/json" };
      console.log((await fetch("http://127.0.0.1:5678/rest/login", { method: "POST", headers, body: text })).status);
    });`;
  const stdin = JSON.stringify({ emailOrLdapLoginId: "owner@vpai.test", password });
  return (await host.output(["docker", "exec", "-i", "vpai_n8n", "node", "-e", login], { stdin })) === "200";
}

/** Secrets of the core's services that take effect with others: ../all/rotation changes them. */
const WITH_OTHERS = [
  ...["assetsDatabasePassword", "kaneoApiKey", "monitoringWriteKey", "n8nLlmKey", "n8nWebhookToken"],
  ...["remotionApiToken", "starterToken"],
];

/** Whether the running program takes a value, by the secret's name. */
const TAKES: Record<string, (value: string) => Promise<boolean>> = {
  ovhApplicationKey: caddy("application_key"),
  ovhApplicationSecret: caddy("application_secret"),
  ovhConsumerKey: caddy("consumer_key"),
  postgresqlPassword: postgresql("postgres", "postgres"),
  n8nDatabasePassword: postgresql("n8n", "n8n"),
  n8nAdminPassword: owner,
  redisPassword: (value) => admits("vpai_redis", `redis-cli -e --no-auth-warning -a "$(cat)" ping`, value),
};

test("the table has every secret that the lab's services declare", () => {
  const core = vpai.services.filter(({ group }) => group === "core");
  const declared = new Set(core.flatMap((service) => declaredSecretsOf(service).map(({ name }) => name)));
  expect([...declared].sort()).toEqual([...Object.keys(TAKES), "n8nEncryptionKey", ...WITH_OTHERS].sort());
});

test("Caddy says which keys it has read, and the first ones are set", async () => {
  const hash = await host.docker("exec", "vpai_caddy", "caddy", "hash-password", "--plaintext", "p");
  const users = ["application_key", "application_secret", "consumer_key"].map(
    // Its check of the file has no secrets: each name is one without, too.
    (name) => `"\\t${name}-{file./run/secrets/ovh_${name}} ${hash}",`,
  );
  lab.replace(
    "programs/caddy/caddyfile.ts",
    "    metricsSite(),\n",
    `    metricsSite(),\n    block("who.vpai.test", ["tls internal", "basic_auth {", ${users.join(" ")} "}", 'respond "in"']),\n`,
  );
  for (const name of Object.keys(TAKES)) await set(name, `first-of-${name}`);
  await lab.up();
  await host.becomesHealthy(120);
  for (const [name, takes] of Object.entries(TAKES))
    expect([name, await takes(`first-of-${name}`)]).toEqual([name, true]);
}, 600_000);

test.each(Object.keys(TAKES))(
  "C1: %s alone is changed: the running program takes the new one and no other",
  async (name) => {
    const takes = TAKES[name] as (value: string) => Promise<boolean>;
    const [old, next] = [`first-of-${name}`, `second-of-${name}`];
    const containers = await host.starts();
    const began = Date.now();
    await set(name, next);
    const changes = await lab.up();
    console.log(`${name}: up took ${Math.round((Date.now() - began) / 1000)} s: ${Object.keys(changes).join(", ")}`);
    await host.becomesHealthy(120);
    expect([await takes(next), await takes(old)]).toEqual([true, false]);
    expect(await lab.preview()).toEqual({});
    const restarted = Object.entries(await host.starts()).filter(
      ([container, start]) => containers[container] !== start,
    );
    expect(restarted.map(([container]) => container)).toEqual(RESTARTED[name]);
  },
  300_000,
);

/** Containers that may start anew for a secret. */
const RESTARTED: Record<string, string[]> = {
  ovhApplicationKey: [],
  ovhApplicationSecret: [],
  ovhConsumerKey: [],
  postgresqlPassword: [],
  n8nDatabasePassword: ["vpai_n8n"],
  n8nAdminPassword: [],
  redisPassword: ["vpai_redis"],
};

describe("n8nEncryptionKey cannot be changed", () => {
  test("which one error says, before anything else is touched", async () => {
    const containers = await host.starts();
    await set("n8nEncryptionKey", "another-key-of-n8n");
    const { code, all } = await lab.make("up");
    expect(code).not.toBe(0);
    const why =
      "secrets:n8nEncryptionKey cannot be changed: the credentials in the database are encrypted with the key of before";
    // The engine shows an error when it comes and at the end.
    const said = all.split("\n").filter((line) => line.includes(why));
    expect(new Set(said.map((line) => line.slice(line.indexOf(why)))).size).toBe(1);
    expect(all).not.toContain("another-key-of-n8n");
    expect(await host.starts()).toEqual(containers);
    await lab.makeSucceed("status");
  }, 300_000);

  test("and all is well once it is out of the stack's file again", async () => {
    const containers = await host.starts();
    await lab.pulumiSucceed(["config", "rm", "secrets:n8nEncryptionKey"]);
    await lab.up();
    expect(await lab.preview()).toEqual({});
    expect(await host.starts()).toEqual(containers);
  }, 300_000);
});
