import fc from "fast-check";
import { parse } from "yaml";
import { cloudInit } from "../../../../../components/machines/hcloud/cloud-init";

interface CloudConfig {
  ssh_keys: { ed25519_private: string; ed25519_public: string };
}

const PRIVATE = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNzaC1rZXktdjE=".repeat(3)}\n-----END OPENSSH PRIVATE KEY-----\n`;
const PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

const BOOT = {
  hostPrivateKey: PRIVATE,
  hostPublicKey: PUBLIC,
  image: "debian-13",
  user: "root",
  loginKey: "ssh-ed25519 AAAAlogin operator",
} as const;

test("a server starts with the pinned host key, logins by key alone, and Docker", () => {
  const text = cloudInit(BOOT);
  expect(text.split("\n")[0]).toBe("#cloud-config");
  expect(parse(text)).toEqual({
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: PRIVATE, ed25519_public: PUBLIC },
    ssh_pwauth: false,
    disable_root: false,
    package_update: true,
    packages: ["docker.io", "docker-cli", "ca-certificates"],
    runcmd: [["systemctl", "enable", "--now", "docker"]],
  });
});

test("E6: Ubuntu's engine brings its command line with it", () => {
  expect(parse(cloudInit({ ...BOOT, image: "ubuntu-24.04" }))).toMatchObject({
    packages: ["docker.io", "ca-certificates"],
  });
});

test("E6: a login user that is not root is made, becomes root without a password, and reaches the engine", () => {
  expect(parse(cloudInit({ ...BOOT, user: "ops" }))).toMatchObject({
    groups: ["docker"],
    users: [
      "default",
      {
        name: "ops",
        groups: "docker",
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: ["ssh-ed25519 AAAAlogin operator"],
      },
    ],
  });
});

test("a real key keeps every line: cloud-init writes it to the file as it is", () => {
  const lines = cloudInit(BOOT)
    .split("\n")
    .map((line) => line.trim());
  for (const line of PRIVATE.trim().split("\n")) expect(lines).toContain(line);
});

test("no text in a key leaves its place", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom(
        "\n",
        " ",
        "'",
        '"',
        ":",
        "#",
        "-",
        "|",
        "\t",
        "%",
        "{",
        "}",
        "\\",
        "&",
        "*",
        "\r",
        "\u0085",
        "\u2028",
      ),
    }),
    fc.constantFrom(
      "yes",
      "null",
      "~",
      "1e3",
      "- a\n- b",
      "a: b",
      "# no comment",
      "---\nruncmd: [reboot]",
      "...",
      "|",
      ">-\n x",
      " leading",
      "trailing \n",
    ),
  );
  fc.assert(
    fc.property(nasty, nasty, (hostPrivateKey, hostPublicKey) => {
      // White space alone is no key, and the YAML library does not bring it back.
      fc.pre(hostPrivateKey.trim() !== "" && hostPublicKey.trim() !== "");
      const document = parse(cloudInit({ ...BOOT, hostPrivateKey, hostPublicKey })) as CloudConfig;
      expect(document.ssh_keys).toEqual({ ed25519_private: hostPrivateKey, ed25519_public: hostPublicKey });
      expect(Object.keys(document).length).toBe(7);
    }),
  );
});

test("fits into the 32 KiB that Hetzner takes as user data", () => {
  expect(Buffer.byteLength(cloudInit(BOOT))).toBeLessThan(32 * 1024);
});
