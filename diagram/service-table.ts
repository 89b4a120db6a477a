import { catalogue, labProgram } from "../lab/images/catalogue";
import type { Platform } from "../model/platform";
import type { Program, Tool } from "../model/program";
import { isContainer } from "../model/run";
import { networksOf, type Service } from "../model/service";
import { hostnameOf } from "../model/site";

const HEAD = `# Services

Written by \`make docs\`. Where production's image can be pulled, the lab runs that one. Elsewhere it builds an image of
its own from packages, under production's reference: the real program where packages have it, else a stand-in with the
same ports, paths, files and health. \`make status\` says what runs.

| service | group | image or program | sites | networks | memory | in the lab |
| --- | --- | --- | --- | --- | --- | --- |
`;

const TOOLS = `## Tools

What hosts have for those who log in; \`make status\` says whether each command leads to its version.

| host | tool | version | commands | what it is | in the lab |
| --- | --- | --- | --- | --- | --- |
`;

/** What a platform runs, what its hosts have for those who log in, and which program the lab has in its place, as Markdown. */
export function serviceTable({ services, hosts }: Platform): string {
  const tools = Object.entries(hosts).flatMap(([host, { tools = [] }]) => tools.map((tool) => toolRow(host, tool)));
  const parts = [
    `${HEAD}${services.map(row).join("\n")}`,
    ...(tools.length === 0 ? [] : [`${TOOLS}${tools.join("\n")}`]),
  ];
  return `<!-- prettier-ignore-start -->\n\n${parts.join("\n\n")}\n\n<!-- prettier-ignore-end -->\n`;
}

const toolRow = (host: string, { name, version, commands = {}, purpose }: Tool): string => {
  const typed = Object.keys(commands).map((command) => `\`${command}\``);
  return `| ${[host, name, version, typed.join(", "), purpose, programOf(labProgram(name))].join(" | ")} |`;
};

function row(service: Service): string {
  const { name, group, run, limits } = service;
  const image = isContainer(run) ? run.image : labReference(run.program);
  const cells = [
    name,
    group,
    isContainer(run) ? `\`${run.image}\`` : `${run.program.name} ${run.program.version}, a systemd unit`,
    sitesOf(service),
    networksOf(service).join(", "),
    `${limits.memoryMiB} MiB`,
  ];
  return `| ${[...cells, programOf(image)].join(" | ")} |`;
}

const sitesOf = ({ expose = [] }: Service): string =>
  expose.map((site) => `\`${hostnameOf(site, "<domain>")}${site.path ?? ""}\` (${site.access})`).join(", ") || "none";

/** Image that the lab has a unit's program from: one of its own, or the one that production takes it out of. */
const labReference = ({ name, source }: Program): string | undefined =>
  labProgram(name) ?? (source.kind === "image" ? source.reference : undefined);

function programOf(image: string | undefined): string {
  const found = catalogue.find(({ reference }) => reference === image);
  return image === undefined || found === undefined ? "as production has it" : `${found.program}, ${found.version}`;
}
