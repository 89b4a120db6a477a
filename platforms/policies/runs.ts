import type { Program } from "../../model/program";
import { isUnitService, programsOf, type UnitService } from "../../model/service";
import { type HostPlan, onEachHost, onEachService, placeOf } from "./policy";
import { unique } from "./unique";

/** A unit starts something that is there, in a version that somebody chose. */
export const runnableUnits = onEachService((service, plan) =>
  isUnitService(service) ? [...unknownProgram(service), ...faultsOf(programsOf(service.run), plan)] : [],
);

/** The same of what a host has for those who log in. */
export const obtainableTools = onEachHost((plan) =>
  (plan.host.tools ?? []).flatMap((tool) =>
    faultsOf([tool, ...(tool.runtimes ?? [])], plan).map((fault) => ({ where: `${plan.name}/${tool.name}`, ...fault })),
  ),
);

/** A command leads to one program. */
export const uniqueCommands = onEachHost((plan) => {
  const { name: host, services } = plan;
  const tools = (plan.host.tools ?? []).map((tool) => [tool, `${host}/${tool.name}`] as const);
  const units = services
    .filter(isUnitService)
    .flatMap((service) => programsOf(service.run).map((program) => [program, placeOf(plan, service)] as const));
  // What several need is one program.
  const programs = new Map([...units, ...tools].map(([program, by]) => [program.name, [program, by] as const]));
  return unique(
    [...programs.values()].flatMap(([{ commands = {} }, by]) =>
      Object.keys(commands).map((command) => [command, by] as const),
    ),
    (command) => `more than one program has the command ${command}`,
    "give one of them another name in commands",
  );
});

const faultsOf = (programs: readonly Program[], plan: HostPlan) => [
  ...inexact(programs),
  ...unobtainable(programs, plan),
];

function unknownProgram({ run }: UnitService) {
  const [first = ""] = run.exec;
  const names = programsOf(run).map(({ name }) => `{${name}}`);
  return first.startsWith("/") || names.some((name) => first.startsWith(`${name}/`))
    ? []
    : [
        {
          expected: "a command that begins with an absolute path, or with one below a program's folder",
          found: first === "" ? "none" : first,
          mend: `begin exec with ${names.join("/… or ")}/…`,
        },
      ];
}

const inexact = (programs: readonly Program[]) =>
  programs
    .filter(({ version }) => !/^[\w.+~:-]*\d[\w.+~:-]*$/.test(version))
    .map(({ name, version }) => ({
      expected: "programs of exact versions",
      found: `${name} ${version}`,
      mend: "name one version",
    }));

/** A download for another processor starts nothing. */
const unobtainable = (programs: readonly Program[], { name: host, architecture, hasProgram = () => false }: HostPlan) =>
  programs.flatMap(({ name, source }) =>
    source.kind !== "download" || source.files[architecture] !== undefined || hasProgram(name)
      ? []
      : [
          {
            expected: "programs for the host's processor",
            found: `${name} has no download for ${architecture}, which ${host} is`,
            mend: `add files.${architecture} with its checksum, or run the service on another host`,
          },
        ],
  );
