import { ZerobyteRepository } from "@vpai/providers";
import type { BucketKeys } from "../model/bucket";
import { containerOf, defineCapability } from "../model/capability";
import type { SecretDeclaration } from "../model/secret";
import type { Stack } from "../model/stack";

/** A repository of Restic that something else makes and fills. */
interface ShownRepository {
  /** Where it is in a stack with these settings; undefined: it has none. */
  place: (stack: Pick<Stack, "settings">) => { endpoint: string; bucket: string } | undefined;
  /** What it is read with. Restic writes a lock where it reads. */
  keys: BucketKeys;
  password: SecretDeclaration;
}

/** That Zerobyte's page shows a repository; nothing in it is made, and nothing of it depends on Zerobyte. */
export const zerobyteRepository = defineCapability<object, ShownRepository>({
  name: "repository on a page",
  when: "after",
  requestSecrets: ({ keys, password }) => [keys.access, keys.secret, password],
  claims: () => ["the repository of the backups"],
  make: ({ place, keys, password }, { host, connection, endpoint: server, ready, scope }, at) => {
    const found = place(at.context);
    if (found === undefined) return undefined;
    return new ZerobyteRepository(
      `${host}/repository/${found.bucket}`,
      {
        connection,
        container: containerOf(server),
        port: server.port,
        repository: found.bucket,
        ...found,
        accessKey: at.secret(keys.access),
        secretKey: at.secret(keys.secret),
        password: at.secret(password),
      },
      { parent: scope, dependsOn: [ready] },
    );
  },
});
