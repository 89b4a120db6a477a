import { catalogue } from "../lab/images/catalogue";
import type { Platform } from "../model/platform";
import { isContainer } from "../model/run";
import { networksOf, type Service } from "../model/service";
import { hostnameOf } from "../model/site";

const HEAD = `# Services

Written by \`make docs\`. Where production's image can be pulled, the lab runs that one. Elsewhere it builds an image of
its own from packages, under production's reference: the real program where packages have it, else a stand-in with the
same ports, paths, files and health. \`make status\` says what runs.

| service | group | image | sites | networks | memory | in the lab |
| --- | --- | --- | --- | --- | --- | --- |
`;

/** What a platform runs, and which program the lab runs in its place, as Markdown. */
export const serviceTable = (platform: Platform): string =>
  `<!-- prettier-ignore-start -->\n\n${HEAD}${platform.services.map(row).join("\n")}\n\n<!-- prettier-ignore-end -->\n`;

function row(service: Service): string {
  const { name, group, run, limits } = service;
  const image = isContainer(run) ? run.image : "";
  const cells = [
    name,
    group,
    `\`${image}\``,
    sitesOf(service),
    networksOf(service).join(", "),
    `${limits.memoryMiB} MiB`,
  ];
  return `| ${[...cells, programOf(image)].join(" | ")} |`;
}

const sitesOf = ({ expose = [] }: Service): string =>
  expose.map((site) => `\`${hostnameOf(site, "<domain>")}${site.path ?? ""}\` (${site.access})`).join(", ") || "none";

function programOf(image: string): string {
  const found = catalogue.find(({ reference }) => reference === image);
  return found === undefined ? "production's image alone" : `${found.program}, ${found.version}`;
}
