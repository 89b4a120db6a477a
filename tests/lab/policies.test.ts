import { REFUSALS, REFUSED } from "../unit/platforms/refused";
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
  const { code, all } = await lab.make("preview");
  expect(code).not.toBe(0);
  const text = all.replace(/\s+/g, " ");
  expect(text).toContain(`The platform has ${REFUSALS.length} problems:`);
  for (const [place, found, mend] of REFUSALS) {
    const start = text.indexOf(` ${place} found: `);
    expect([place, start]).not.toEqual([place, -1]);
    const after = text.slice(start, start + 500);
    expect(after).toMatch(new RegExp(`found: .*?${found.source}.*? to do: .*?${mend.source}`));
  }
});

test("without them the same preview succeeds", async () => {
  lab.restoreFiles();
  await lab.makeSucceed("preview");
});
