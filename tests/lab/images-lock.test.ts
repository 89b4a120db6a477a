import type { LabHost } from "./harness/host";
import { sharedLab } from "./harness/shared";

/** The lab hosts pull by digest, and `make images-lock` finds the digests that they run. */

let host: LabHost;
beforeAll(async () => {
  host = await (await sharedLab()).host("sese-ai");
}, 1_500_000);

test("a host has its images by the registry's digest", async () => {
  const { Image } = await host.container("vpai_redis");
  expect(await host.docker("image", "inspect", "--format", "{{json .RepoDigests}}", Image)).toMatch(
    /^\["redis@sha256:[0-9a-f]{64}"\]$/,
  );
});
