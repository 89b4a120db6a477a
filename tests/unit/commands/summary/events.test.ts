import { outcomeOf } from "../../../../commands/summary/events";

const urn = (type: string, name: string): string => `urn:pulumi:lab::vpai::vpai:hosts:Host$${type}::${name}`;
const line = (event: object): string => JSON.stringify({ sequence: 1, ...event });
const said = (severity: string, message: string, name = ""): string =>
  line({ diagnosticEvent: { severity, message, ...(name === "" ? {} : { urn: urn("a:b:C", name) }) } });
const step = (kind: string, type: string, name: string): string =>
  line({ [kind]: { metadata: { op: "same", urn: urn(type, name), type } } });

const SERVICE = "vpai:docker:Service";
const GATE = "pulumi-nodejs:dynamic/vpai/docker:HealthGate";

test("T18: one cause is told once, with everything that it kept from being made, and what was not reached", () => {
  const log = [
    ...["redis", "n8n", "caddy", "diun"].map((name) => step("resourcePreEvent", SERVICE, `sese-ai/${name}`)),
    said("debug", "Registering resource"),
    said("error", 'before hook "look" failed: no room', "sese-ai/redis/image"),
    said("error", "no room", "sese-ai/redis/config/redis.conf"),
    said("error", "no room", "sese-ai/redis/image"),
    said("error", 'before hook "look" failed: left as it is, for what sese-ai lacks', "sese-ai/n8n/image"),
    said("warning", "pinned by tag alone"),
    said("error", "update failed"),
    said("error", "Program exited with non-zero exit code: 1"),
    step("resOutputsEvent", GATE, "sese-ai/diun/health"),
    '{"sequence":12,"diagnosticEvent":{"sever',
  ].join("\n");
  expect(outcomeOf(log)).toEqual({
    failures: [
      {
        cause: "no room",
        raw: 'before hook "look" failed: no room',
        names: ["sese-ai/redis/image", "sese-ai/redis/config/redis.conf"],
      },
    ],
    left: ["sese-ai/caddy", "sese-ai/n8n"],
  });
});

test("what the program itself says has no name", () => {
  const log = line({
    diagnosticEvent: { urn: "urn:pulumi:lab::vpai::pulumi:pulumi:Stack::vpai-lab", severity: "error", message: "no" },
  });
  expect(outcomeOf(log)).toEqual({ failures: [{ cause: "no", raw: "no", names: [] }], left: [] });
});

test("a log that was never begun tells nothing", () => {
  expect(outcomeOf("")).toEqual({ failures: [], left: [] });
});
