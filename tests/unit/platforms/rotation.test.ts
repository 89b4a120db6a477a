import { described } from "../../../commands/rotate/stack";
import { declaredSecrets } from "../../../platforms";
import { proofsOf } from "../../../platforms/logins";
import vpai from "../../../platforms/vpai/platform";
import { FIXED, NOT_IN_THE_LAB, type Rotation, ROTATIONS } from "../../facts/rotation";
import { settingsOf } from "../components/stack/graph";

/** The table of rotations, by which tests/lab/all/rotation.test.ts goes. */

const { views, config } = described({
  ...{ stack: "lab", connects: false, secretKeys: new Set<string>() },
  values: { ...settingsOf("lab"), "vpai:services": JSON.stringify(vpai.groups) },
});
const proofs = proofsOf({ views, stack: config });
const rows = Object.entries(ROTATIONS) as [string, Rotation][];

test("has every secret that is declared, each once", () => {
  const names = [...Object.keys(ROTATIONS), ...Object.keys(FIXED), ...NOT_IN_THE_LAB];
  expect(names.sort()).toEqual(
    declaredSecrets(vpai)
      .map(({ name }) => name)
      .sort(),
  );
});

test.each(rows)("%s is tried as the table says, and given out by whom it says", (name, { tried, from }) => {
  const own = proofs.filter(({ proof }) => proof.secret.name === name);
  expect(own.map(({ proof, service }) => `${proof.as} of ${service.name}`)).toEqual(tried);
  const declared = declaredSecrets(vpai).find((secret) => secret.name === name);
  expect(declared?.origin).toBe(from === "stack" ? "random" : "supplied");
  expect(declared?.fixed).toBeUndefined();
});
