import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** How long the sites' certificates are good, on its way from Caddy's storage to who calls when they are not renewed. */

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLabOfAll();
  host = await lab.host("sese-ai");
}, 2_700_000);

const FIGURES = "/opt/vpai/data/metrics/certificates.prom";

/** A figure of mayi's certificate. */
const figure = (text: string, name: string): number =>
  Number(new RegExp(`^${name}\\{hostname="mayi\\.vpai\\.test"\\} (\\d+)$`, "m").exec(text)?.[1]);

test("each site has one, and a run tells from when and until when it is good", async () => {
  await lab.makeSucceed("run JOB=caddy-certificates");
  const text = await host.output(["cat", FIGURES]);
  const [from, until] = [
    figure(text, "certificate_not_before_timestamp_seconds"),
    figure(text, "certificate_not_after_timestamp_seconds"),
  ];
  // Caddy's own authority issues for twelve hours.
  expect(until - from).toBe(12 * 3600);
  expect(Math.abs(from - Date.now() / 1000)).toBeLessThan(12 * 3600);
}, 120_000);

test.each([
  ["seko-vpn", "gateway-certificates", "/opt/vpn/data/metrics/certificates.prom", "singa"],
  ["workstation", "caddy-workstation-certificates", "/opt/workstation/data/metrics/certificates.prom", "studio"],
])(
  "those of %s are told, too",
  async (name, job, figures, subdomain) => {
    await lab.makeSucceed(`run JOB=${job}`);
    const text = await (await lab.host(name)).output(["cat", figures]);
    expect(text).toMatch(
      new RegExp(`^certificate_not_after_timestamp_seconds\\{hostname="${subdomain}\\.vpai\\.test"\\} \\d+$`, "m"),
    );
  },
  120_000,
);

test("the store of metrics knows it", async () => {
  const query = "certificate_not_after_timestamp_seconds%7Bhostname%3D%22mayi.vpai.test%22%7D";
  const url = `http://127.0.0.1:8428/api/v1/query?query=${query}`;
  await eventually(
    async () =>
      expect(await host.docker("exec", "vpai_victoriametrics", "wget", "-q", "-O", "-", url)).toContain(
        '"hostname":"mayi.vpai.test"',
      ),
    120,
  );
}, 180_000);

test("a site without one fails the run by its name, and the others are told", async () => {
  const certificate = "/opt/vpai/data/caddy/caddy/certificates/local/mayi.vpai.test";
  await host.output(["mv", certificate, "/tmp/certificate-of-mayi"]);
  try {
    const { code, all } = await lab.make("run JOB=caddy-certificates");
    expect(code).not.toBe(0);
    expect(all).toContain("expected a certificate of each site, found none of mayi.vpai.test");
    expect(await host.output(["cat", FIGURES])).toContain('{hostname="llm.vpai.test"}');
  } finally {
    await host.output(["mv", "/tmp/certificate-of-mayi", certificate]);
  }
  await lab.makeSucceed("run JOB=caddy-certificates");
}, 120_000);
