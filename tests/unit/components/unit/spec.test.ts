import type { SpecPlace } from "../../../../components/workload/spec";
import { jobSpec } from "../../../../components/jobs/spec";
import { commandOf } from "../../../../components/unit/directives";
import { unitFile, unitSpec } from "../../../../components/unit/spec";
import { isUnitService, type UnitService } from "../../../../model/service";
import vpai from "../../../../platforms/vpai/platform";
import { contextWith } from "../../../context";
import hello from "../../../units/services/hello";

/** What each unit and job is on the workstation, in a stack that has every secret. */
const PLACE: SpecPlace = {
  owner: { platform: "vpai", stack: "prod", host: "workstation" },
  folder: "/opt/workstation",
  prefix: "workstation_",
  context: contextWith({ host: "workstation" }),
  exists: () => true,
};

const units = [...vpai.services.filter(isUnitService), hello];

test.each(units.map((service) => [service.name, service] as const))("the unit %s", (_name, service) => {
  expect(unitFile(unitSpec(service, PLACE))).toMatchSnapshot();
});

test.each((hello.jobs ?? []).map((job) => [job.name, job] as const))("the job %s", (_name, job) => {
  const spec = jobSpec(job, hello, PLACE);
  expect(`${spec.service("sha256:0123")}\n${spec.timer}`).toMatchSnapshot();
});

test("there are the workstation's units", () => {
  expect(vpai.services.filter(isUnitService).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["caddy-workstation", "n8n-mcp"]),
  );
});

/** The safe choice, typed in: what a unit must not be without. */
const CONFINED = [
  ...["NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes"],
  ...["PrivateDevices=yes", "ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectControlGroups=yes"],
  ...[
    "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes",
    "MemoryDenyWriteExecute=yes",
    "SystemCallFilter=@system-service",
  ],
  ...["MemoryMax=64M", "MemorySwapMax=0", "CPUQuota=50%", "User=2301", "Group=2301", "Restart=always"],
];

test("a unit without exceptions is confined and limited", () => {
  expect(unitFile(unitSpec(hello, PLACE)).split("\n")).toEqual(expect.arrayContaining(CONFINED));
});

test("a declared exception replaces its directive, and no other", () => {
  const service: UnitService = { ...hello, run: { ...hello.run, sandbox: { MemoryDenyWriteExecute: "no" } } };
  const [with_, without] = [service, hello].map((one) => unitFile(unitSpec(one, PLACE)).split("\n"));
  expect(with_?.filter((line) => !without?.includes(line))).toEqual(["MemoryDenyWriteExecute=no"]);
});

test.each([
  [
    ["/bin/echo", 'a "b"', "100%", "$HOME", "back\\slash", "two\nlines", ""],
    String.raw`"/bin/echo" "a \"b\"" "100%%" "$$HOME" "back\\slash" "two\nlines" ""`,
  ],
])("systemd takes %j literally", (argv, written) => {
  expect(commandOf(argv)).toBe(written);
});

test("a program without an absolute path, and a text with a NUL byte, are refused", () => {
  expect(() => commandOf(["echo"])).toThrow(/expected the absolute path of a program, found "echo"/);
  expect(() => commandOf(["/bin/echo", "\0"])).toThrow(/NUL/);
});
