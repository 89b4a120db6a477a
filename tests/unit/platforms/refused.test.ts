import { deploy } from "../../../components/stack";
import { loadStackConfig } from "../../../config";
import type { Platform, PlatformHost } from "../../../model/platform";
import type { Finding, UserError } from "../../../model/finding";
import { namesOf } from "../../../platforms";
import vpai from "../../../platforms/vpai/platform";
import { coreOfProd, graphOf } from "../components/stack/graph";
import { REFUSALS, REFUSED, REFUSED_NETWORKS, REFUSED_TOOLS } from "./refused";

test("a platform that breaks every policy is refused with all of it in one error, before anything is made", async () => {
  const sese = vpai.hosts["sese-ai"] as PlatformHost;
  const networks = { ...sese.networks, ...REFUSED_NETWORKS };
  const hosts = { ...vpai.hosts, "sese-ai": { ...sese, tools: REFUSED_TOOLS, networks } };
  const platform: Platform = { ...vpai, hosts, services: [...vpai.services, ...Object.values(REFUSED)] };
  const error = await graphOf("prod", coreOfProd, () =>
    deploy(platform, loadStackConfig([namesOf(platform)]), {}),
  ).then(
    (made) => {
      throw new Error(`expected a refusal, found ${made.length} resources`);
    },
    (refused: UserError) => refused,
  );
  const order = (one: Pick<Finding, "where">, other: Pick<Finding, "where">): number =>
    one.where < other.where ? -1 : 1;
  expect([...error.findings].sort(order)).toEqual(
    REFUSALS.map(([where, found, mend]) => ({
      where,
      expected: expect.stringMatching(/^[a-z]/) as string,
      found: expect.stringMatching(found) as string,
      mend: expect.stringMatching(mend) as string,
    })).sort(order),
  );
  for (const { where, expected, found, mend } of error.findings) {
    expect(error.message).toContain(
      `  ${where}\n    expected: ${expected}\n    found:    ${found}\n    to do:    ${mend}`,
    );
  }
});
