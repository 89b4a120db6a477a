import { llmKey } from "../../../capabilities/litellm-key";
import { JsonApi } from "../../../providers/docker/json-api";
import { transportTo } from "../../../providers/ssh/transport";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** A collection and a virtual key that somebody deleted, and programs that are stopped. */

let lab: Lab;
let host: LabHost;
let qdrant: JsonApi;
let litellm: JsonApi;

beforeAll(async () => {
  lab = await sharedLabOfAll();
  host = await lab.host("sese-ai");
  const { qdrantApiKey = "", litellmMasterKey = "" } = await lab.generatedSecrets();
  const at = transportTo(host.connection);
  qdrant = new JsonApi(at, { container: "vpai_qdrant", port: 6333 }, { "api-key": qdrantApiKey });
  const authorization = `Bearer ${llmKey(litellmMasterKey)}`;
  litellm = new JsonApi(at, { container: "vpai_litellm", port: 4000 }, { authorization });
}, 2_700_000);

afterAll(() => transportTo(host.connection).close());

/** An `up` that has to stop at a resource, and one that is told to make it anew. */
async function stopsAt(resource: string): Promise<void> {
  expect(await lab.refresh()).toEqual({ [resource]: "update" });
  const refused = await lab.make("up");
  expect(refused.code).not.toBe(0);
  expect(refused.all).toContain(`make up RECREATE='${resource}'`);
}

async function comesBack(resource: string): Promise<void> {
  await lab.makeSucceed(`up RECREATE=${resource}`);
  expect(await lab.refresh()).toEqual({});
}

test("T15: a collection is made anew, empty, only when told so", async () => {
  const path = "/collections/semantic_cache";
  await qdrant.call("DELETE", path);
  await stopsAt("sese-ai/collection/semantic_cache");
  expect(await qdrant.call("GET", path, { missing: true })).toBeUndefined();
  await comesBack("sese-ai/collection/semantic_cache");
  expect(await qdrant.call("GET", path)).toBeDefined();
});

test("T15: a virtual key comes back only when told so", async () => {
  const list = async (): Promise<unknown[]> =>
    (await litellm.call<{ keys: unknown[] }>("GET", "/key/list?key_alias=openclaw"))?.keys ?? [];
  const keys = await list();
  expect(keys).toHaveLength(1);
  await litellm.call("POST", "/key/delete", { body: { keys } });
  await stopsAt("sese-ai/virtual-key/openclaw");
  expect(await list()).toEqual([]);
  await comesBack("sese-ai/virtual-key/openclaw");
  expect(await list()).toHaveLength(1);
});

test("T23: what lives in a stopped Qdrant or LiteLLM is unknown, the rest is refreshed", async () => {
  await host.docker("stop", "vpai_qdrant", "vpai_litellm");
  const { all } = await lab.pulumiSucceed(["refresh", "--yes", "--skip-preview"]);
  expect(all).toMatch(/warning: collection semantic_cache in vpai_qdrant on \S+ cannot be read now/);
  expect(all).toMatch(/warning: virtual key openclaw in vpai_litellm on \S+ cannot be read now/);
  await lab.makeSucceed("up");
  await host.becomesHealthy(120);
  expect(await lab.refresh()).toEqual({});
});
