import { execFileSync } from "node:child_process";
import { bucketPolicy } from "../../../components/buckets";
import { ensureImage } from "../../../lab/images/build";
import { s3BucketKind } from "../../../providers/resources/s3-bucket";
import {
  zerobyteRepositoryKind as kind,
  type ZerobyteRepositoryInputs,
} from "../../../providers/resources/zerobyte-repository";
import { eventually } from "../../eventually";
import { BareHost } from "../harness/bare-host";
import { docker, minute, run } from "../harness/containers";
import { S3Server } from "../harness/s3";

/**
 * Zerobyte is shown a repository of the real Restic in a bucket of a real S3 server, with the nightly job's key. The program itself is the
 * lab's stand-in, which reads the repository by Restic, as Zerobyte does; nobody has seen its page.
 */

const host = BareHost.use("hub");

const BUCKET = "vpai-backups";
const PASSWORD = "canary-password";
const KEYS = { push: "canary-push-secret" };
const CONTAINER = "vpn_zerobyte";

let server: S3Server;
let inputs: ZerobyteRepositoryInputs;
let restic: string;

/** Restic with the owner's keys. */
const owner = (...command: string[]): string =>
  execFileSync(
    "docker",
    [
      ...[
        "run",
        "--rm",
        "--interactive",
        "--network",
        run,
        "--env",
        `RESTIC_REPOSITORY=s3:http://${server.address}/${BUCKET}`,
      ],
      ...["--env", `AWS_ACCESS_KEY_ID=${S3Server.accessKey}`, "--env", `AWS_SECRET_ACCESS_KEY=${S3Server.secretKey}`],
      ...["--env", `RESTIC_PASSWORD=${PASSWORD}`, restic, ...command],
    ],
    { encoding: "utf8", input: "a file" },
  );

const ask = (path: string): unknown =>
  JSON.parse(
    host().sh(`curl -s "http://$(docker inspect -f '{{.NetworkSettings.IPAddress}}' ${CONTAINER}):4096${path}"`),
  );

beforeAll(async () => {
  restic = await ensureImage("restic");
  const zerobyte = await ensureImage("zerobyte");
  execFileSync("sh", ["-euc", 'docker save "$1" | docker exec -i "$2" docker load', "sh", zerobyte, `${run}-hub`]);
  host().sh(`docker run --detach --name ${CONTAINER} ${zerobyte}`);
  await eventually(
    () => host().sh(`docker exec ${CONTAINER} node -e 'fetch("http://127.0.0.1:4096/healthcheck")'`),
    60,
  );
  const gateway = docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", run);
  server = await S3Server.start(gateway, [], KEYS);
  await s3BucketKind.ensure({
    ...{ endpoint: `http://${server.address}`, region: "us-east-1", bucket: BUCKET },
    ...{ accessKey: S3Server.accessKey, secretKey: S3Server.secretKey },
    ...{ keptDays: 30, lockedDays: 30, versioned: true },
    policy: bucketPolicy(BUCKET, [{ principal: "push", may: "append" }]),
  });
  inputs = {
    ...{ connection: host().connection, container: CONTAINER, port: 4096, repository: BUCKET },
    ...{ endpoint: `http://${server.address}`, bucket: BUCKET, present: true },
    ...{ accessKey: "push", secretKey: KEYS.push, password: PASSWORD },
  };
}, 30 * minute);

afterAll(() => server.stop());

test(
  "a bucket without a repository is for later, and none is made in it",
  async () => {
    expect(await kind.ensure(inputs)).toEqual({ ...inputs, present: false });
    expect(ask("/api/v1/repositories")).toEqual([]);
    expect(server.objects(BUCKET)).toEqual([]);
  },
  minute,
);

test(
  "its page has the snapshots of one that is there, which the nightly key is enough for",
  async () => {
    owner("init", "--quiet");
    owner(
      "backup",
      "--quiet",
      "--host",
      "sese-ai",
      "--tag",
      "set=000001-20261129T025500Z",
      "--stdin",
      "--stdin-filename",
      "set",
    );
    const state = await kind.ensure(inputs, { ...inputs, present: false });
    expect(state).toEqual(inputs);
    expect(ask(`/api/v1/repositories/${BUCKET}/snapshots`)).toEqual([
      expect.objectContaining({ tags: ["set=000001-20261129T025500Z"], paths: ["/set"], size: 6 }),
    ]);
    expect(await kind.observe(state)).toEqual(state);
    // No lock stays.
    await eventually(() => expect(owner("list", "locks", "--no-lock")).toBe(""), 60);
  },
  2 * minute,
);

test(
  "what Zerobyte keeps and tells of the keys is encrypted",
  () => {
    const kept = host().sh(`docker exec ${CONTAINER} sh -c 'cat /var/lib/zerobyte/data/*.json'`);
    const told = JSON.stringify(ask(`/api/v1/repositories/${BUCKET}`));
    for (const secret of [PASSWORD, KEYS.push]) {
      expect(kept).not.toContain(secret);
      expect(told).not.toContain(secret);
    }
    expect(host().sh(`docker logs ${CONTAINER} 2>&1`)).not.toContain(KEYS.push);
  },
  minute,
);

test(
  "a key that is refused is told of, and what was shown is shown again with the right one",
  async () => {
    const wrong = { ...inputs, secretKey: "another" };
    // Restic asks again for minutes.
    await expect(kind.ensure(wrong, inputs)).rejects.toThrow(
      /Failed to initialize repository|expected an answer to POST \/api\/v1\/repositories within 30 s/,
    );
    expect(await kind.observe(inputs)).toBeUndefined();
    expect(await kind.ensure(inputs, inputs)).toEqual(inputs);
    expect(ask(`/api/v1/repositories/${BUCKET}/snapshots`)).toHaveLength(1);
  },
  2 * minute,
);

test(
  "taken from the page, it stays as it is in the bucket",
  async () => {
    await kind.remove(inputs);
    expect(ask("/api/v1/repositories")).toEqual([]);
    expect(owner("snapshots", "--no-lock", "--json")).toContain("set=000001-20261129T025500Z");
  },
  minute,
);
