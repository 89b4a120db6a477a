import { type Output, output, type Resource, runtime } from "@pulumi/pulumi";
import { Preparation } from "../../../components/preparation";
import { UserError } from "../../../model/finding";

const resource = (name: string): Resource => ({ urn: output(`urn:pulumi:lab::vpai::a$b:c::${name}`) }) as Resource;

/** An output as the SDK leaves it once its resource was made, or was not. */
const made = (known: boolean): Output<unknown> => ({ isKnown: Promise.resolve(known) }) as unknown as Output<unknown>;

const dryRun = jest.spyOn(runtime, "isDryRun");
beforeEach(() => dryRun.mockReturnValue(false));

test("containers wait until all parts were added, and are there", async () => {
  const preparation = new Preparation();
  preparation.add(resource("sese-ai/redis/image"), made(true));
  const waiting = await Promise.race([preparation.done, new Promise((resolve) => setImmediate(resolve, "waits"))]);
  expect(waiting).toBe("waits");
  preparation.close();
  await expect(preparation.done).resolves.toBeUndefined();
});

test("T18: one image that cannot be had holds every container back, in one sentence that names it", async () => {
  const preparation = new Preparation();
  preparation.add(resource("sese-ai/redis/image"), made(true));
  preparation.add(resource("sese-ai/n8n/image"), made(false));
  preparation.add(resource("sese-ai/caddy/config/Caddyfile"), made(false));
  preparation.close();
  await expect(preparation.done).rejects.toThrow(
    new UserError(
      "expected every image and file before the first container is touched, found that these failed: " +
        "sese-ai/n8n/image, sese-ai/caddy/config/Caddyfile. All containers were left as they are; the errors of these say why: " +
        "mend them and run up again.",
    ),
  );
});

test("a preview, which pulls and writes nothing, does not wait for it", async () => {
  dryRun.mockReturnValue(true);
  const preparation = new Preparation();
  preparation.add(resource("sese-ai/redis/image"), made(false));
  preparation.close();
  await expect(preparation.done).resolves.toBeUndefined();
});
