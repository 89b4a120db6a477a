import { type Box, layoutOf, MEASURES } from "../../../diagram/layout";
import { mermaidOf } from "../../../diagram/mermaid";
import { pictureOf } from "../../../diagram/picture";
import { svgOf } from "../../../diagram/svg";
import vpai from "../../../platforms/vpai/platform";
import { SESE_AI } from "../../facts/sese-ai";

const picture = pictureOf(vpai);
const layout = layoutOf(picture);

const overlap = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

const inside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** Pixels that a text takes at most, by the widest of usual fonts. */
const widthOf = (text: string, size: number): number => text.length * size * 0.62;

test("hosts and services do not overlap, and each service is inside its host", () => {
  const services = layout.hosts.flatMap((host) => host.services);
  for (const boxes of [layout.hosts, services] as const)
    boxes.forEach((one, index) =>
      boxes.slice(index + 1).forEach((other) => expect([one, other, overlap(one, other)]).toEqual([one, other, false])),
    );
  for (const host of layout.hosts) for (const service of host.services) expect(inside(service, host)).toBe(true);
  for (const host of layout.hosts) expect(inside(host, { x: 0, y: 0, ...layout })).toBe(true);
});

test("texts fit where they stand", () => {
  for (const { service, width } of layout.hosts.flatMap((host) => host.services)) {
    const version = `${service.version} :${service.port ?? ""}`;
    expect([service.name, widthOf(service.name, 12) + widthOf(version, 10.5) + 20 < width]).toEqual([
      service.name,
      true,
    ]);
    for (const { place, access } of service.sites)
      expect([place, widthOf(`${place} (${access})`, 12) < MEASURES.sitesWidth]).toEqual([place, true]);
  }
  for (const { networks } of layout.hosts)
    for (const { subnet } of networks) expect(widthOf(subnet, 10.5)).toBeLessThan(MEASURES.networkWidth);
});

test.each(Object.entries(SESE_AI))("%s is drawn with its networks, its sites and what it needs", (name, facts) => {
  const placed = layout.hosts[0]?.services.find(({ service }) => service.name === name);
  const svg = svgOf(picture);
  expect(svg).toContain(`class="name" text-anchor="start">${name}</text>`);
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].filter(
    ([, , y]) => Number(y) === placed?.middle,
  );
  const columns = layout.hosts[0]?.networks.filter(({ x }) => dots.some(([, cx]) => Number(cx) === x));
  expect(columns?.map((column) => column.name).sort()).toEqual([...facts.networks].sort());
  const mermaid = mermaidOf(picture);
  for (const needed of facts.needs) expect(mermaid).toContain(`\n  n-${name} --> n-${needed}\n`);
  for (const { subdomain, path = "", access } of facts.sites) {
    const place = `${subdomain}${path}`;
    expect(mermaid).toContain(`  ${access === "public" ? "internet" : "vpn"} -. "${place}" .-> n-${name}\n`);
    expect(svg).toContain(`<tspan class="${access}">${place} (${access})</tspan>`);
  }
});
