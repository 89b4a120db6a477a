import { REFUSALS, REFUSED, REFUSED_NETWORKS, REFUSED_TOOLS } from "../unit/platforms/refused";
import { Lab } from "./harness/lab";

/** A whole preview with the real engine; it needs no lab to be up. */

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.prepare("policies");
}, 300_000);
afterAll(() => lab.remove(), 300_000);

test("a platform that breaks every policy is refused at preview, all of it in one error", async () => {
  for (const [file, service] of Object.entries(REFUSED))
    lab.edit(`platforms/vpai/services/${file}.ts`, () => `export default ${JSON.stringify(service)};\n`);
  lab.replace("platforms/vpai/hosts.ts", '"sese-ai": {', `"sese-ai": { tools: ${JSON.stringify(REFUSED_TOOLS)},`);
  const last = 'sandbox: { subnet: "172.20.5.0/24", internal: true },';
  lab.replace("platforms/vpai/hosts.ts", last, `${last}${JSON.stringify(REFUSED_NETWORKS).slice(1, -1)},`);
  const { code, all } = await lab.make("preview");
  expect(code).not.toBe(0);
  const text = all.replace(/\s+/g, " ");
  expect(text).toContain(`The platform has ${REFUSALS.length} problems:`);
  for (const [place, found, mend] of REFUSALS) {
    const rest = "(?:(?! expected: ).)*?";
    const expected = `${place} expected: ${rest} found: ${rest}${found.source}${rest} to do: ${rest}${mend.source}`;
    expect(text).toMatch(new RegExp(expected));
  }
});

test("without them the same preview succeeds", async () => {
  lab.restoreFiles();
  await lab.makeSucceed("preview");
});
