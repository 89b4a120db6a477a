import { onHost } from "../../../../components/workload/spec";

const FILES = {
  name: "vpai_files",
  mounts: [
    { kind: "config", source: "/opt/vpai/configs/files", target: "/etc/files", readOnly: true },
    { kind: "data", source: "/opt/vpai/data/files", target: "/srv", readOnly: false },
    { kind: "data", source: "/opt/vpai/data/cache", target: "/var/cache", readOnly: false },
  ],
} as const;

test.each([
  ["/srv/a.txt", "/opt/vpai/data/files/a.txt"],
  ["/srv/deep/down/a.txt", "/opt/vpai/data/files/deep/down/a.txt"],
  ["/var/cache/b", "/opt/vpai/data/cache/b"],
])("the host keeps %s of the container in %s", (inContainer, there) => {
  expect(onHost(FILES, inContainer)).toBe(there);
});

test.each(["/etc/files/main.conf", "/srv", "/srvs/a.txt", "/srv/../etc/passwd", "a.txt"])(
  "%s is in no data folder, and refused",
  (inContainer) => {
    expect(() => onHost(FILES, inContainer)).toThrow(
      `vpai_files: expected a path below one of its data folders (/srv, /var/cache), found ${inContainer}`,
    );
  },
);
