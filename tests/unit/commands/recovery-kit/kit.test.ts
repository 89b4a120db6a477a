import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { kitFor } from "../../../../commands/recovery-kit/kit";
import { madeSecret } from "../../../../commands/secrets/made";
import { expectPaper } from "../../../../commands/recovery-kit/paper";

const KIT = {
  stack: "prod",
  repository: "s3:https://nbg1.your-objectstorage.com/vpai-backups",
  region: "nbg1",
  password: "canary-password",
  accessKey: "canary-access",
  secretKey: "canary-secret",
  version: "0.18.0",
  hosts: ["sese-ai", "seko-vpn"],
  printed: "2026-11-29T03:00:00.000Z",
};

test("the kit has all that a person needs, and the commands to type", () => {
  const text = kitFor(KIT);
  for (const value of Object.values(KIT).flat()) expect(text).toContain(value);
  expect(text).toContain("export RESTIC_REPOSITORY=s3:https://nbg1.your-objectstorage.com/vpai-backups\n");
  expect(text).toContain(
    "restic restore latest:/srv/offsite/sets/seko-vpn --no-lock --host seko-vpn --target seko-vpn --verify\n",
  );
  expect(text).toContain("     make recover HOST=sese-ai STACK=prod\n");
  expect(text).toContain("sha256sum --check --quiet SHA256SUMS");
  expect(text).toMatch(/passphrase of the stack's secrets is not on this sheet/);
  // Paper has no more than that.
  for (const line of text.split("\n")) expect(line.length).toBeLessThan(145);
});

describe("it is printed on paper", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "kit-"));
  const root = path.join(folder, "checkout");
  mkdirSync(root);
  afterAll(() => rmSync(folder, { recursive: true }));

  const into = (file: string): void => {
    const descriptor = openSync(file, "w");
    try {
      expectPaper(root, descriptor);
    } finally {
      closeSync(descriptor);
    }
  };

  test("never into a file of the checkout", () => {
    expect(() => into(path.join(root, "kit.txt"))).toThrow("in this checkout; nothing was printed");
  });

  test.each(["../kit.txt", "/dev/null"])("%s is none", (file) => {
    expect(() => into(path.resolve(root, file))).not.toThrow();
  });
});

describe("the password that the stack has made", () => {
  const state = (value: unknown) => ({
    deployment: {
      resources: [
        { urn: "urn:pulumi:prod::vpai::x::other/copy", type: "x", outputs: { value: "other" } },
        { urn: "urn:pulumi:prod::vpai::x::backupsPassword/copy", type: "x", outputs: { value } },
      ],
    },
  });

  test("is that of its copy on a host, which outlives the state", () => {
    expect(madeSecret(state({ plaintext: '"canary"' }), "backupsPassword")).toBe("canary");
    expect(madeSecret(state("canary"), "backupsPassword")).toBe("canary");
  });

  test.each([{ plaintext: "canary" }, { plaintext: '["canary"]' }, { plaintext: 7 }, ["canary"]])(
    "is not quoted where it is no text: %j",
    (value) => {
      expect(() => madeSecret(state(value), "backupsPassword")).toThrow(
        /^expected the value of backupsPassword in the output of `pulumi stack export --show-secrets`(?!.*canary)/,
      );
    },
  );

  test("is missed by its name, without a word of the state", () => {
    expect(() => madeSecret({}, "backupsPassword")).toThrow("expected that the stack has made backupsPassword");
  });
});
