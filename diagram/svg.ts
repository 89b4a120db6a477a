import { layoutOf, MEASURES, type PlacedHost, type PlacedNetwork, type PlacedService } from "./layout";
import type { Picture } from "./picture";

const COLOURS: Readonly<Record<string, string>> = { core: "#dbeafe", apps: "#dcfce7", monitoring: "#fef3c7" };

const STYLE = `text{font-family:system-ui,sans-serif;font-size:12px;fill:#1f2937}
.title{font-size:15px;font-weight:600}.name{font-weight:600}.small{font-size:10.5px;fill:#4b5563}
.public{fill:#b91c1c}.vpn{fill:#1d4ed8}.network{stroke:#9ca3af;stroke-width:2}.internal{stroke-dasharray:5 3}
.need{fill:none;stroke:#6b7280;stroke-width:1.3;marker-end:url(#arrow)}`;

/**
 * The picture as SVG. Each service is a row: left of it arrows to what it needs, right of it a dot on the line of each
 * network that it is on, then its sites.
 */
export function svgOf(picture: Picture): string {
  const { width, height, hosts } = layoutOf(picture);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
      '<path d="M0 0L8 4L0 8z" fill="#6b7280"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...hosts.flatMap(hostShapes),
    "</svg>",
    "",
  ].join("\n");
}

const hostShapes = (placed: PlacedHost): string[] => [
  `<rect x="${placed.x}" y="${placed.y}" width="${placed.width}" height="${placed.height}" rx="8" fill="#f9fafb" stroke="#d1d5db"/>`,
  text(placed.x + 12, placed.y + 22, `${placed.host.name}: ${placed.host.purpose}`, "title"),
  ...placed.networks.flatMap((network) => networkShapes(network, placed)),
  ...placed.services.flatMap((service) => serviceShapes(service, placed)),
  ...needs(placed),
];

function networkShapes({ name, subnet, internal, x }: PlacedNetwork, { lines }: PlacedHost): string[] {
  const kind = internal ? "network internal" : "network";
  return [
    text(x, lines.top - 32, name, "name", "middle"),
    text(x, lines.top - 19, subnet, "small", "middle"),
    text(x, lines.top - 6, internal ? "internal" : "with a way out", "small", "middle"),
    `<line class="${kind}" x1="${x}" y1="${lines.top}" x2="${x}" y2="${lines.bottom}"/>`,
  ];
}

function serviceShapes({ service, x, y, width, height, middle }: PlacedService, host: PlacedHost): string[] {
  const own = host.networks.filter(({ name }) => service.networks.includes(name));
  const last = own.at(-1)?.x ?? x + width;
  const sitesAt = x + width + host.networks.length * MEASURES.networkWidth + 8;
  return [
    `<line stroke="#374151" x1="${x + width}" y1="${middle}" x2="${last}" y2="${middle}"/>`,
    ...own.map((network) => `<circle cx="${network.x}" cy="${middle}" r="5" fill="#374151"/>`),
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" fill="${COLOURS[service.group] ?? "#ffffff"}" stroke="#9ca3af"/>`,
    text(x + 8, middle + 4, service.name, "name"),
    text(
      x + width - 8,
      middle + 4,
      `${service.version}${service.port === undefined ? "" : ` :${service.port}`}`,
      "small",
      "end",
    ),
    ...siteTexts(service, sitesAt, middle),
  ];
}

const siteTexts = ({ sites, hostMounts }: PlacedService["service"], x: number, middle: number): string[] => {
  const shown = [
    ...sites.map(({ place, access }) => `<tspan class="${access}">${escape(place)} (${access})</tspan>`),
    ...(hostMounts.length === 0 ? [] : [`<tspan class="small">sees ${escape(hostMounts.join(", "))}</tspan>`]),
  ];
  return shown.map(
    (part, line) => `<text x="${x}" y="${middle + 4 + (line - (shown.length - 1) / 2) * 13}">${part}</text>`,
  );
};

/** An arrow bends the further to the left, the further it goes. */
const needs = ({ services }: PlacedHost): string[] =>
  services.flatMap((from) =>
    from.service.needs.flatMap((name) => {
      const to = services.find(({ service }) => service.name === name);
      if (to === undefined) return [];
      const rows = Math.abs(to.middle - from.middle) / MEASURES.rowHeight;
      const bend = from.x - Math.min(MEASURES.services * 1.25, 30 + rows * 12);
      const [start, end] = [from.middle + 3, to.middle + (to.middle > from.middle ? -4 : 6)];
      return `<path class="need" d="M${from.x} ${start}C${bend} ${start} ${bend} ${end} ${to.x} ${end}"/>`;
    }),
  );

const text = (x: number, y: number, content: string, kind: string, anchor = "start"): string =>
  `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escape(content)}</text>`;

const escape = (content: string): string => content.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);
