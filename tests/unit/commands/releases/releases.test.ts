import { releaseRow, releasesIn, releaseTo, type ReleaseManifest } from "../../../../commands/backups/release";
import { pinOf } from "../../../../commands/releases/pin";
import { previewOf } from "../../../../commands/releases/preview";
import { sinceOf } from "../../../../commands/releases/since";
import { checksOf } from "../../../../commands/releases/smoke";

const release = (set: string, from: string, more: Partial<ReleaseManifest> = {}): ReleaseManifest => ({
  ...{
    set,
    sequence: 1,
    service: "n8n",
    started: "2026-11-29T20:00:00Z",
    ended: "2026-11-29T20:00:09Z",
    bytes: 3_145_728,
  },
  from: { reference: `docker.io/n8nio/n8n:${from}`, image: `sha256:${from}` },
  to: { reference: "docker.io/n8nio/n8n:2.8.0", image: "sha256:2.8.0" },
  revision: "",
  parts: [
    {
      name: "postgresql",
      service: "postgresql",
      method: "postgresql",
      rows: { "n8n.public.a": 3, "n8n.public.b": 4 },
      files: [],
    },
    { name: "n8n-files", service: "n8n", method: "files", rows: { files: 5 }, files: [] },
  ],
  ...more,
});

const NOW = new Date("2026-11-29T23:00:00Z");
const OLD = release("20261128T200000Z-2.7.3", "2.7.3");
const NEW = release("20261129T200000Z-2.7.4", "2.7.4");

test("releases are told with their images, size, rows, and whether the image is still there", () => {
  const text = `${JSON.stringify(OLD)}\n\0${JSON.stringify(NEW)}\n\0`;
  expect(releasesIn(text)).toEqual([OLD, NEW]);
  expect(releasesIn(text).map((one) => releaseRow(one, new Set(["sha256:2.7.4"]), NOW))).toEqual([
    [OLD.set, "3 h", "docker.io/n8nio/n8n:2.7.3", "docker.io/n8nio/n8n:2.8.0", "3.0 MiB", "12", "gone, to be pulled"],
    [NEW.set, "3 h", "docker.io/n8nio/n8n:2.7.4", "docker.io/n8nio/n8n:2.8.0", "3.0 MiB", "12", "on the host"],
  ]);
});

test.each([
  ["", NEW],
  ["2.7.3", OLD],
  [OLD.set, OLD],
])("TO=%s", (to, meant) => expect(releaseTo([OLD, NEW], to, "n8n")).toBe(meant));

test("a release that is not there is refused with those that are", () => {
  expect(() => releaseTo([OLD, NEW], "2.6.0", "n8n")).toThrow(
    `n8n: expected one of its releases, or a tag of theirs, in TO, found 2.6.0; there are ${OLD.set}, ${NEW.set}`,
  );
  expect(() => releaseTo([], "", "n8n")).toThrow("n8n: expected a release to go back to, found none");
});

const SINCE = [
  ...["postgresql\trows\tn8n.public.a\t5", "postgresql\trows\tn8n.public.c\t1", "n8n-files\trows\tfiles\t5"],
  ...[
    "n8n-files\tnewer\tbinaryData/1",
    "config\tdiffers\tconf",
    "does\treplaces postgresql n8n",
    "does\tstops n8n",
    "",
  ],
].join("\n");

test("what was written since is what goes out of use", () => {
  expect(sinceOf(OLD, SINCE)).toEqual({
    rows: [
      ["postgresql n8n.public.a", "3", "5"],
      ["postgresql n8n.public.b", "4", "not there"],
      ["postgresql n8n.public.c", "not there", "1"],
    ],
    newer: ["binaryData/1"],
    configs: ["conf"],
    does: ["replaces postgresql n8n", "stops n8n"],
  });
});

test("going back says beforehand what it means", () => {
  const told = { host: "sese-ai", running: "docker.io/n8nio/n8n:2.8.0", now: NOW };
  expect(previewOf(OLD, sinceOf(OLD, SINCE), told)).toBe(
    `n8n on sese-ai goes back to 20261128T200000Z-2.7.3: as of 2026-11-29T20:00:00Z (age: 3 h), right before docker.io/n8nio/n8n:2.8.0 took it on.
  image: docker.io/n8nio/n8n:2.7.3 in place of docker.io/n8nio/n8n:2.8.0
  configuration: that of then; now other: conf
  replaces postgresql n8n
  stops n8n
What was written since goes out of use, and is put aside:
  rows of                  then       now
  -----------------------  ---------  ---------
  postgresql n8n.public.a  3          5
  postgresql n8n.public.b  4          not there
  postgresql n8n.public.c  not there  1
  newer files: 1 (binaryData/1)
Rows that were changed and not added are in none of these numbers.`,
  );
  const same = sinceOf(release("x-1", "1", { parts: [] }), "");
  expect(previewOf(OLD, same, told)).toContain("  as many rows as then, and no newer file\n");
});

test("the stack's file names the content, but where a lab builds it", () => {
  const content = "n8nio/n8n@sha256:0123";
  expect(pinOf(OLD, content, "prod")).toBe("docker.io/n8nio/n8n:2.7.3@sha256:0123");
  expect(pinOf(OLD, undefined, "prod")).toBe("docker.io/n8nio/n8n:2.7.3");
  expect(pinOf(OLD, content, "lab")).toBe("docker.io/n8nio/n8n:2.7.3");
});

test("the requests of the last up that are the service's own are made again", () => {
  const routes = ["the route /* to n8n", "a check of n8n", "the route /* to n8n-mcp", "a check of redis"];
  const inputs = {
    requests: routes.map((route) => ({ route }) as never),
    patience: 7,
    authority: { file: "/root.crt" },
  };
  const exported = {
    deployment: { resources: [{ urn: "urn:pulumi:lab::vpai::a$b::sese-ai/smoke", type: "x", inputs }] },
  };
  expect(checksOf(exported, "sese-ai", "n8n")).toEqual({
    requests: [{ route: "the route /* to n8n" }, { route: "a check of n8n" }],
    patience: 7,
    authority: { file: "/root.crt" },
  });
  expect(checksOf(exported, "sese-ai", undefined).requests).toEqual(inputs.requests);
  expect(checksOf({}, "sese-ai", "n8n")).toEqual({ requests: [], patience: 30 });
});
