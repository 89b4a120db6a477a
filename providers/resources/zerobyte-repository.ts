import { z } from "zod";
import { JsonApi, UnexpectedStatus } from "../docker/json-api";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";
import { warn } from "../warn";

/** A repository of Restic in a bucket, as a Zerobyte that runs on a host knows it. */
export interface ZerobyteRepositoryInputs {
  connection: Connection;
  /** Zerobyte's container. */
  container: string;
  /** Its port there. */
  port: number;
  /** Its name there: lower-case letters, digits and dashes. */
  repository: string;
  /** S3 server, with its scheme. */
  endpoint: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** Password of the repository. */
  password: string;
  /** Whether Zerobyte knows it: always true; false is what the state has until the repository itself was made. */
  present: boolean;
}

/** What Zerobyte 0.16 tells of a repository; its keys are encrypted there. */
const knownSchema = z.object({
  type: z.string(),
  config: z.object({ endpoint: z.string().exactOptional(), bucket: z.string().exactOptional() }),
});

type Known = z.infer<typeof knownSchema>;

export const zerobyteRepositoryKind: Kind<ZerobyteRepositoryInputs> = {
  version: 1,
  identity: ["container", "repository"],
  title: ({ repository, container, connection }) => `repository ${repository} in ${container} on ${connection.host}`,
  check: ({ repository }) =>
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(repository)
      ? []
      : [{ property: "repository", reason: `expected lower-case letters, digits and dashes, found ${repository}` }],
  async ensure(inputs, before) {
    const api = apiOf(inputs);
    const known = await find(api, inputs);
    if (known !== undefined && (await isRight(api, inputs, known, before))) return { ...inputs, present: true };
    // Of one that is there nothing but its name can be changed; this removes no data.
    if (known !== undefined) await api.call("DELETE", placeOf(inputs), { missing: true });
    return { ...inputs, present: await give(api, inputs) };
  },
  async observe(state) {
    const known = await find(apiOf(state), state);
    if (known === undefined) return state.present ? undefined : state;
    const { endpoint = "", bucket = "" } = known.config;
    return { ...state, endpoint, bucket, present: true };
  },
  /** What lies in the bucket stays. */
  async remove(state) {
    await apiOf(state).call("DELETE", placeOf(state), { missing: true });
  },
};

const FOLDER = "/api/v1/repositories";

const placeOf = ({ repository }: ZerobyteRepositoryInputs): string => `${FOLDER}/${repository}`;

/** Its API asks nobody who he is (docs/decisions/zerobyte.md). */
const apiOf = ({ connection, container, port }: ZerobyteRepositoryInputs): JsonApi =>
  new JsonApi(transportTo(connection), { container, port }, {});

const find = (api: JsonApi, inputs: ZerobyteRepositoryInputs): Promise<Known | undefined> =>
  api.call("GET", placeOf(inputs), { missing: true, answer: knownSchema });

/** Whether one that is there is this one, and its keys those that it was given, or keys with which it can be read. */
async function isRight(
  api: JsonApi,
  inputs: ZerobyteRepositoryInputs,
  { type, config }: Known,
  before: ZerobyteRepositoryInputs | undefined,
): Promise<boolean> {
  if (type !== "s3" || config.endpoint !== inputs.endpoint || config.bucket !== inputs.bucket) return false;
  if (before === undefined) return canBeRead(api, inputs);
  return (["accessKey", "secretKey", "password"] as const).every((key) => before[key] === inputs[key]);
}

async function canBeRead(api: JsonApi, inputs: ZerobyteRepositoryInputs): Promise<boolean> {
  try {
    await api.call("GET", `${placeOf(inputs)}/snapshots`);
    return true;
  } catch (error) {
    if (error instanceof UnexpectedStatus) return false;
    throw error;
  }
}

/** What Restic says of a bucket without a repository. Whether there is one, it asks of every other problem, too. */
const NONE_YET = /repository does not exist/;

/** Gives it the repository, which it reads at once. @returns false where there is none in the bucket yet */
async function give(api: JsonApi, inputs: ZerobyteRepositoryInputs): Promise<boolean> {
  const { repository, endpoint, bucket, accessKey, secretKey, password } = inputs;
  const config = {
    ...{ backend: "s3", endpoint, bucket, accessKeyId: accessKey, secretAccessKey: secretKey },
    // Zerobyte else makes a repository of its own, with a password of its own.
    ...{ isExistingRepository: true, customPassword: password },
  };
  try {
    await api.call("POST", FOLDER, { body: { name: repository, compressionMode: "auto", config } });
    return true;
  } catch (error) {
    if (!(error instanceof UnexpectedStatus) || !NONE_YET.test(error.message)) throw error;
    warn(
      `${bucket} has no repository yet, which the first copy makes (make run JOB=offsite); the next up shows it to Zerobyte`,
    );
    return false;
  }
}

/** A repository that is there already, shown by a Zerobyte that runs on a host. */
export class ZerobyteRepository extends resourceOf(zerobyteRepositoryKind, {
  type: "vpai/zerobyte:Repository",
  name: "zerobyteRepository",
  defaults: { present: true },
  outputs: {},
}) {}
