import { deploy } from "../../../components/stack";
import { loadStackConfig } from "../../../config";
import type { Platform } from "../../../model/platform";
import { namesOf, type PlatformError } from "../../../platforms";
import vpai from "../../../platforms/vpai/platform";
import { coreOfProd, graphOf } from "../stack/graph";
import { REFUSALS, REFUSED } from "./refused";

test("a platform that breaks every policy is refused with all of it in one error, before anything is made", async () => {
  const platform: Platform = { ...vpai, services: [...vpai.services, ...Object.values(REFUSED)] };
  const error = await graphOf("prod", coreOfProd, () =>
    deploy(platform, loadStackConfig([namesOf(platform)]), {}),
  ).then(
    (made) => {
      throw new Error(`expected a refusal, found ${made.length} resources`);
    },
    (refused: PlatformError) => refused,
  );
  const order = (one: { place: string }, other: { place: string }): number => (one.place < other.place ? -1 : 1);
  expect([...error.violations].sort(order)).toEqual(
    REFUSALS.map(([place, problem, mend]) => ({
      place,
      problem: expect.stringMatching(problem) as string,
      mend: expect.stringMatching(mend) as string,
    })).sort(order),
  );
  for (const { place, problem, mend } of error.violations) {
    expect(error.message).toContain(`  ${place}\n    found: ${problem}\n    to do: ${mend}`);
  }
});
