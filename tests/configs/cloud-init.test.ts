import { createHash } from "node:crypto";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { cloudInit } from "../../components/machines/hcloud/cloud-init";
import { ensureImage } from "../../lab/images/build";
import { buildArguments, buildEnvironment } from "../../lab/images/network";

jest.setTimeout(1_200_000);

/** Debian 13's own cloud-init and sshd, as Hetzner's image has them. */
const RECIPE = `ARG BASE
FROM $BASE
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends cloud-init openssh-server iproute2 && rm -rf /var/lib/apt/lists/*
`;

let image: string;
let folder: string;
let keys: { private: string; public: string };

beforeAll(async () => {
  const base = await ensureImage("base");
  image = `vpai-lab/cloud-init-check:${createHash("sha256")
    .update(base + RECIPE)
    .digest("hex")
    .slice(0, 16)}`;
  if (spawnSync("docker", ["image", "inspect", image]).status !== 0) {
    const env = { ...process.env, ...(await buildEnvironment()), DOCKER_BUILDKIT: "0" };
    const options = ["--network", "host", "--force-rm", "--build-arg", `BASE=${base}`, ...buildArguments(env)];
    execFileSync("docker", ["build", ...options, "--tag", image, "-"], {
      input: RECIPE,
      env,
      stdio: ["pipe", "ignore", "pipe"],
    });
  }
  folder = mkdtempSync(path.join(os.tmpdir(), "cloud-init-"));
  chmodSync(folder, 0o755);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path.join(folder, "host")]);
  keys = {
    private: readFileSync(path.join(folder, "host"), "utf8"),
    public: readFileSync(path.join(folder, "host.pub"), "utf8").trim(),
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script in a fresh server with the user data in /seed. */
function inServer(userData: string, script: string): { code: number | null; output: string } {
  writeFileSync(path.join(folder, "user-data"), userData, { mode: 0o644 });
  writeFileSync(path.join(folder, "meta-data"), "instance-id: test\n", { mode: 0o644 });
  const options = ["--rm", "--network", "none", "--volume", `${folder}:/seed:ro`];
  const { status, stdout, stderr } = spawnSync("docker", ["run", ...options, image, "sh", "-c", script], {
    encoding: "utf8",
  });
  return { code: status, output: stdout + stderr };
}

const rendered = (user = "root"): string =>
  cloudInit({
    hostPrivateKey: keys.private,
    hostPublicKey: keys.public,
    image: "debian-13",
    user,
    loginKey: keys.public,
  });

test.each(["root", "ops"])("cloud-init's own schema accepts it for a login as %s", (user) => {
  expect(inServer(rendered(user), "cloud-init schema --config-file /seed/user-data")).toEqual({
    code: 0,
    output: expect.stringContaining("Valid schema") as unknown,
  });
});

test("a mistake in it is refused", () => {
  const { code, output } = inServer(
    rendered().replace("ssh_pwauth: false", "ssh_pwauth: [perhaps]"),
    "cloud-init schema --config-file /seed/user-data",
  );
  expect([code, output]).toEqual([1, expect.stringContaining("ssh_pwauth")]);
});

test("E6: a first boot makes the login user, with its key, its group and its rights", () => {
  const { code, output } = inServer(
    rendered("ops"),
    `set -e
    mkdir -p /var/lib/cloud/seed/nocloud /etc/sudoers.d; cp /seed/*-data /var/lib/cloud/seed/nocloud/
    echo 'datasource_list: [NoCloud]' >/etc/cloud/cloud.cfg.d/99-test.cfg
    { cloud-init init --local; cloud-init init; } >/dev/null 2>&1 || true
    id -nG ops; cat ~ops/.ssh/authorized_keys; grep ops /etc/sudoers.d/90-cloud-init-users`,
  );
  expect(output.replace(/^#.*\n/gm, "")).toBe(`ops docker\n${keys.public}\nops ALL=(ALL) NOPASSWD:ALL\n`);
  expect(code).toBe(0);
});

test("a first boot installs the pinned host key as the only one, and turns passwords off", () => {
  const { code, output } = inServer(
    rendered(),
    `set -e
    ssh-keygen -A >/dev/null
    mkdir -p /var/lib/cloud/seed/nocloud /run/sshd; cp /seed/*-data /var/lib/cloud/seed/nocloud/
    echo 'datasource_list: [NoCloud]' >/etc/cloud/cloud.cfg.d/99-test.cfg
    { cloud-init init --local; cloud-init init; cloud-init single --name set_passwords --frequency always; } >/dev/null 2>&1 || true
    ls /etc/ssh | grep host; sshd -T | grep '^passwordauthentication '; cat /etc/ssh/ssh_host_ed25519_key`,
  );
  expect(code).toBe(0);
  expect(output).toBe(`ssh_host_ed25519_key\nssh_host_ed25519_key.pub\npasswordauthentication no\n${keys.private}`);
});
