import type { Picture, PictureHost, PictureService } from "./picture";

/** The picture as Mermaid: an arrow from each service to what it needs, and from the world to each site. */
export const mermaidOf = ({ hosts }: Picture): string =>
  [
    "flowchart LR",
    '  internet(("Internet"))',
    '  vpn(("VPN members"))',
    ...hosts.flatMap(hostLines),
    ...hosts.flatMap(({ services }) => services.flatMap(arrows)),
    "",
  ].join("\n");

function hostLines({ name, purpose, services }: PictureHost): string[] {
  const groups = [...new Set(services.map(({ group }) => group))];
  return [
    `  subgraph ${id(name)}["${name}: ${purpose}"]`,
    ...(services.length === 0 ? [`    ${id(name)}-none["no service yet"]`] : []),
    ...groups.flatMap((group) => [
      `    subgraph ${id(name)}-${group}["${group}"]`,
      ...services.filter((service) => service.group === group).map(node),
      "    end",
    ]),
    "  end",
  ];
}

const node = ({ name, version, port, networks }: PictureService): string =>
  `      ${id(name)}["<b>${name}</b> ${version}${port === undefined ? "" : `<br/>:${port}`}<br/>${networks.join(", ")}"]`;

const arrows = ({ name, needs, sites }: PictureService): string[] => [
  ...needs.map((needed) => `  ${id(name)} --> ${id(needed)}`),
  ...sites.map(({ place, access }) => `  ${access === "public" ? "internet" : "vpn"} -. "${place}" .-> ${id(name)}`),
];

/** `end` is a word of Mermaid's own, alone or at the end of a name with a space before it; a prefix makes it ours. */
const id = (name: string): string => `n-${name}`;
