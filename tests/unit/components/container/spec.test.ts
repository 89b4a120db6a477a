import { createHash } from "node:crypto";
import { type ContainerSpec, containerSpec } from "../../../../components/container/spec";
import type { SpecPlace } from "../../../../components/workload/spec";
import { contextWith } from "../../../context";
import { SESE_AI } from "../../../facts/sese-ai";
import { serviceWith } from "../../../service";
import { containerServices } from "../../platforms/vpai/services/container-services";

/** Services whose facts are typed in. Another one has no snapshot yet, and changes nobody else's. */
const known = containerServices.filter(({ name }) => Object.hasOwn(SESE_AI, name));

const LEFT_OUT = ["zaiApiKey", "byteplusApiKey", "telegramBotToken", "alertsHeartbeatUrl", "alertsMailPassword"];

/** Sese-AI in a stack that has every secret but those that a person may leave out. */
const PLACE: SpecPlace = {
  owner: { platform: "vpai", stack: "prod", host: "sese-ai" },
  folder: "/opt/vpai",
  prefix: "vpai_",
  context: contextWith({
    runs: known,
    given: ["alertsBotToken", "alertsChat"],
    settings: { telegramApi: "https://api.telegram.org", runbook: "https://example.org/runbook.md" },
  }),
  exists: ({ name }) => !LEFT_OUT.includes(name),
};

const digest = (text: unknown): string =>
  `${String(text).length} characters, sha256 ${createHash("sha256").update(String(text)).digest("hex").slice(0, 12)}`;

/** A specification as a person reads it: files by what tells one from another, and what becomes of a secret's value. */
const readable = ({ files, secrets, ...spec }: ContainerSpec): object => ({
  ...spec,
  files: files.map(({ content, ...file }) => ({ ...file, content: digest(content) })),
  secrets: secrets.map(({ declaration, render, ...secret }) => ({
    ...secret,
    secret: declaration.name,
    "value becomes": render("value"),
  })),
});

test.each(known.map((service) => [service.name, service] as const))("%s", (_name, service) => {
  expect(readable(containerSpec(service, PLACE))).toMatchSnapshot();
});

test("there is a specification of each service", () => expect(containerServices.length).toBeGreaterThan(18));

test("what departs from no default is the safe choice", () => {
  expect(containerSpec(serviceWith({ name: "plain" }), PLACE)).toEqual({
    name: "vpai_plain",
    hostname: "plain",
    image: "docker.io/library/one:1.0",
    user: "1:1",
    environment: [],
    labels: {
      "dev.vpai.platform": "vpai",
      "dev.vpai.stack": "prod",
      "dev.vpai.host": "sese-ai",
      "dev.vpai.service": "plain",
    },
    networks: ["backend"],
    ports: [],
    files: [],
    secrets: [],
    data: [],
    mounts: [],
    scratch: ["/tmp"],
    readOnly: true,
    limits: { memoryMiB: 100, cpus: 1 },
    capabilities: [],
    health: { test: ["true"], interval: 30, timeout: 5, startPeriod: 60, retries: 3 },
    stopTimeout: 10,
  });
});

test("mounts say what they are for; only data can be written", () => {
  const secret = { name: "key", description: "A key", origin: "random" } as const;
  const { mounts } = containerSpec(
    serviceWith({
      name: "a",
      files: () => [
        { path: "/etc/a/one.conf", content: "" },
        { path: "/etc/a/parts/two.conf", content: "" },
      ],
      secrets: { key: { secret } },
      data: [{ path: "/data", directory: "elsewhere", backup: { kind: "files" } }],
      run: { hostMounts: [{ source: "/sys", target: "/host/sys" }] },
    }),
    { ...PLACE, folder: "/opt/workstation" },
  );
  expect(mounts).toEqual([
    { kind: "config", source: "/opt/workstation/configs/a", target: "/etc/a", readOnly: true },
    { kind: "secret", source: "/opt/workstation/secrets/a", target: "/run/secrets", readOnly: true },
    { kind: "data", source: "/opt/workstation/data/elsewhere", target: "/data", readOnly: false },
    { kind: "host", source: "/sys", target: "/host/sys", readOnly: true },
  ]);
});

test("a secret that the stack does not have leaves no file, no variable and no shell", () => {
  const secret = { name: "byteplusApiKey", description: "A key", origin: "supplied" } as const;
  const service = serviceWith({
    secrets: { file: { secret, variable: "KEY_FILE" }, variable: { secret, exported: "KEY" } },
    run: { entrypoint: ["/bin/program"], command: ["serve"] },
  });
  expect(containerSpec(service, PLACE)).toMatchObject({
    secrets: [],
    mounts: [],
    environment: [],
    entrypoint: ["/bin/program"],
    command: ["serve"],
  });
  expect(containerSpec(service, { ...PLACE, exists: () => true })).toMatchObject({
    environment: ["KEY_FILE=/run/secrets/file"],
    entrypoint: ["/bin/sh", "-euc", 'KEY="$(cat /run/secrets/variable)"; export KEY; exec "$@"', "one"],
    command: ["/bin/program", "serve"],
  });
});

test.each([
  ["in a top folder", ["/etc/one.conf"]],
  ["without a folder in common", ["/etc/a/one.conf", "/srv/a/two.conf"]],
])("configuration files %s would hide the image's own, and are refused", (_where, paths) => {
  const service = serviceWith({ files: () => paths.map((path) => ({ path, content: "" })) });
  expect(() => containerSpec(service, PLACE)).toThrow(/^expected configuration files in a folder of their own/);
});
