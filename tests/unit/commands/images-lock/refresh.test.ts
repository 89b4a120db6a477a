import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { wantedReferences } from "../../../../commands/images-lock/references";
import { askAll, refreshed, stateOf } from "../../../../commands/images-lock/refresh";
import type { ImageLock, LockedImage } from "../../../../images/lock";
import { serviceWith } from "../../../service";

const image = (digit: string, ...architectures: LockedImage["architectures"]): LockedImage => ({
  digest: `sha256:${digit.repeat(64)}`,
  architectures,
});

describe("refreshing", () => {
  const LOCK: ImageLock = {
    same: image("1", "amd64"),
    moved: image("2", "amd64"),
    widened: image("3", "amd64"),
    unreachable: image("4", "amd64"),
    unused: image("5", "amd64"),
  };
  const REGISTRY: Record<string, LockedImage> = {
    same: image("1", "amd64"),
    moved: image("a", "amd64"),
    widened: image("3", "amd64", "arm64"),
    added: image("6"),
  };
  const ask = (reference: string): Promise<LockedImage> => {
    const found = REGISTRY[reference];
    return found === undefined ? Promise.reject(new Error(`no answer for ${reference}`)) : Promise.resolve(found);
  };
  const outcomes = () => askAll(["same", "moved", "widened", "unreachable", "added", "never"], LOCK, ask);

  test("one that fails keeps its entry and is told; all others are taken over; what nothing uses goes", async () => {
    expect(refreshed(await outcomes())).toEqual({
      same: image("1", "amd64"),
      moved: image("a", "amd64"),
      widened: image("3", "amd64", "arm64"),
      unreachable: image("4", "amd64"),
      added: image("6"),
    });
  });

  test("says of each how it stands, and why there was no answer", async () => {
    const found = await outcomes();
    expect(found.map((one) => [one.reference, stateOf(one), one.problem])).toEqual([
      ["same", "same", undefined],
      ["moved", "moved", undefined],
      ["widened", "moved", undefined],
      ["unreachable", "kept", "no answer for unreachable"],
      ["added", "new", undefined],
      ["never", "missing", "no answer for never"],
    ]);
  });
});

describe("the images that the lock is for", () => {
  const DIGEST = `sha256:${"a".repeat(64)}`;
  const service = (name: string, image: string) => serviceWith({ name, run: { image } });
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "stacks-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

  test("are those of services and of overrides in stacks' files, each once, without those that carry a digest", () => {
    write("Pulumi.yaml", "name: vpai\n");
    write("Pulumi.prod.yaml", "config:\n  vpai:overrides:\n    b:\n      image: r.test/b:2\n    a:\n      cpus: 1\n");
    write("Pulumi.lab.yaml", `config:\n  vpai:overrides:\n    a:\n      image: r.test/a:9@${DIGEST}\n`);
    write("Pulumi.preprod.yaml", "config: {}\n");
    const services = [service("b", "r.test/b:1"), service("c", "r.test/a:1"), service("a", "r.test/a:1")];
    expect(wantedReferences(services, folder)).toEqual(["r.test/a:1", "r.test/b:1", "r.test/b:2"]);
  });

  test("a stack's file of another form is named", () => {
    write("Pulumi.prod.yaml", "config:\n  vpai:overrides:\n    - image\n");
    expect(() => wantedReferences([], folder)).toThrow(/expected overrides of services in .*Pulumi\.prod\.yaml/);
    write("Pulumi.prod.yaml", "config:\n  a: b\n c: {");
    expect(() => wantedReferences([], folder)).toThrow(/expected YAML in .*Pulumi\.prod\.yaml, found: /);
  });
});
