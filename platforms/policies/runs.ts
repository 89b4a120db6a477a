import { isUnitService, programsOf, type UnitService } from "../../model/service";
import { type HostPlan, onEachService } from "./policy";

/** A unit starts something that is there, in a version that somebody chose. */
export const runnableUnits = onEachService((service, plan) =>
  isUnitService(service) ? [...unknownProgram(service), ...inexact(service), ...unobtainable(service, plan)] : [],
);

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

const inexact = ({ run }: UnitService) =>
  programsOf(run)
    .filter(({ version }) => !/^[\w.+~:-]*\d[\w.+~:-]*$/.test(version))
    .map(({ name, version }) => ({
      expected: "programs of exact versions",
      found: `${name} ${version}`,
      mend: "name one version",
    }));

/** A download for another processor starts nothing. */
const unobtainable = ({ run }: UnitService, { name: host, architecture, hasImage = () => false }: HostPlan) =>
  programsOf(run).flatMap(({ name, source }) =>
    source.kind !== "download" || source.files[architecture] !== undefined || hasImage(name)
      ? []
      : [
          {
            expected: "programs for the host's processor",
            found: `${name} has no download for ${architecture}, which ${host} is`,
            mend: `add files.${architecture} with its checksum, or run the service on another host`,
          },
        ],
  );
