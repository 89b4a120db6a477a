import { choiceOf, chosenHost, chosenJob, chosenService } from "../../../../commands/scope/choice";

const NAMES = { "sese-ai": ["n8n", "redis", "alloy"], workstation: ["comfyui", "alloy"], "seko-vpn": [] };

test.each([
  [{}, undefined],
  [{ HOST: "", SERVICE: "" }, undefined],
  [{ HOST: "workstation" }, { host: "workstation", service: undefined }],
  [{ SERVICE: "n8n" }, { host: "sese-ai", service: "n8n" }],
  [
    { HOST: "workstation", SERVICE: "alloy" },
    { host: "workstation", service: "alloy" },
  ],
])("%j is %j", (given, choice) => {
  expect(choiceOf(given, NAMES)).toEqual(choice);
});

const errorOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected an error, found none");
};

test("wrong names are told in one error, with the known ones and the one that was probably meant", () => {
  expect(errorOf(() => choiceOf({ HOST: "workstatoin", SERVICE: "n9n" }, NAMES))).toBe(
    `What the command was given has 2 problems:

  HOST
    expected: a host of the stack: sese-ai, workstation, seko-vpn
    found:    "workstatoin"
    to do:    rename it to workstation

  SERVICE
    expected: a service of the stack: alloy, comfyui, n8n, redis
    found:    "n9n"
    to do:    rename it to n8n
`,
  );
});

test("a name that is like no other is told what there is", () => {
  expect(errorOf(() => choiceOf({ HOST: "mars" }, NAMES))).toContain("use one of: sese-ai, workstation, seko-vpn");
});

test("a service that two hosts run needs the host's name, and the error says so", () => {
  const error = errorOf(() => chosenService({ SERVICE: "alloy" }, NAMES));
  expect(error).toContain('found:    "alloy", which is on sese-ai and workstation');
  expect(error).toContain("to do:    add HOST=sese-ai or HOST=workstation");
});

test("a service of another host than the named one", () => {
  const error = errorOf(() => chosenService({ SERVICE: "n8n", HOST: "seko-vpn" }, NAMES));
  expect(error).toContain("expected: a service of seko-vpn");
  expect(error).toContain("to do:    say HOST=sese-ai, or no HOST");
});

test.each([
  ["SERVICE", () => chosenService({}, NAMES)],
  ["JOB", () => chosenJob(undefined, undefined, NAMES)],
  ["HOST", () => chosenHost(undefined, NAMES)],
])("%s has to be given where nothing goes without", (variable, choose) => {
  const error = errorOf(choose);
  expect(error).toContain(`  ${variable}\n`);
  expect(error).toContain(`say ${variable}=…`);
});

test("a service that is off is told by its group, and not taken for another one", () => {
  const error = errorOf(() => choiceOf({ SERVICE: "opencut" }, { ...NAMES, workstation: ["opencode"] }));
  expect(error).toContain('found:    "opencut"');
  expect(error).toContain(
    "to do:    it is off: choose its group, studio (vpai:services, SERVICES=), on a stack with its host, then make up",
  );
});

test.each(["constructor", "toString", "__proto__"])("HOST=%s is no host, either", (HOST) => {
  for (const choose of [
    () => choiceOf({ HOST }, NAMES),
    () => choiceOf({ HOST, SERVICE: "n8n" }, NAMES),
    () => chosenHost(HOST, NAMES),
    () => chosenJob("comfyui", HOST, NAMES),
  ])
    expect(errorOf(choose)).toContain(`found:    "${HOST}"`);
});

test("a job is found on its host", () => {
  expect(chosenJob("comfyui", "", NAMES)).toEqual({ host: "workstation", job: "comfyui" });
  expect(errorOf(() => chosenJob("comfy", "mars", NAMES))).toContain("2 problems");
});
