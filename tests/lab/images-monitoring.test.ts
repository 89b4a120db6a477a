import { eventually, hardened, image, inside, minute, runsAs, start, useImages } from "./harness/containers";

/** What production relies on in each image of the group "monitoring", tried on the image that the lab runs. */

useImages("victoriametrics");

const get = (name: string, url: string): string => inside(name, "wget", "-qO-", url);

test(
  "victoriametrics keeps what is written to it, as any user, and says its version",
  async () => {
    const here = "http://127.0.0.1:8428";
    const options = [...hardened, "--user", "65534:65534", "--tmpfs", "/storage:mode=0700,uid=65534"];
    start("vm", image("victoriametrics"), options, "-storageDataPath=/storage", "-retentionPeriod=30d");
    expect(await eventually(() => get("vm", `${here}/health`))).toBe("OK");
    expect(runsAs("vm")).toEqual(["65534", "65534"]);
    inside("vm", "wget", "-qO-", '--post-data=canary{kind="lab"} 42', `${here}/api/v1/import/prometheus`);
    const query = (): string => get("vm", `${here}/api/v1/query?query=canary&latency_offset=1ms`);
    expect(await eventually(() => found(query(), '"42"'))).toContain('"kind":"lab"');
    expect(get("vm", `${here}/metrics`)).toContain('short_version="v1.135.0"');
  },
  2 * minute,
);

/** @throws when a text lacks what it must hold */
function found(text: string, part: string): string {
  if (!text.includes(part)) throw new Error(`expected ${part}, found ${text}`);
  return text;
}
