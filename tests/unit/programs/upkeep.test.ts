import { jobsOf } from "../../../model/service";
import vpai from "../../../platforms/vpai/platform";
import { hostViews } from "../../../platforms/contexts";
import { contextWith } from "../../context";
import { jobSpec } from "../../../components/jobs/spec";
import { pruneImages, rotateLogs } from "../../../programs/upkeep";
import { serviceWith } from "../../service";

const PLACE = {
  owner: { platform: "vpai", stack: "prod", host: "seko-vpn" },
  folder: "/opt/vpn",
  prefix: "vpn_",
  context: contextWith({ host: "seko-vpn" }),
  exists: () => true,
};

test("every host has its images pruned once a week, by a job of its own", () => {
  const found = hostViews(vpai).map(({ name, services }) => [
    name,
    services.flatMap((service) =>
      jobsOf(service, contextWith({ host: name }))
        .filter(({ argv }) => argv.includes("/etc/upkeep/prune-images.sh"))
        .map((job) => [job.name, job.schedule]),
    ),
  ]);
  expect(Object.fromEntries(found)).toEqual({
    "sese-ai": [["image-pruning", "Sun *-*-* 05:00:00"]],
    "seko-vpn": [["hub-image-pruning", "Sun *-*-* 05:00:00"]],
    workstation: [["workstation-image-pruning", "Sun *-*-* 05:00:00"]],
  });
});

test("pruning sees the host's own versions and units, and writes its note alone", () => {
  const text = jobSpec(pruneImages("pruning"), serviceWith({ name: "gateway" }), PLACE).service("");
  expect(text).toContain('"/etc/upkeep/prune-images.sh" "/srv/last-healthy" "/etc/systemd/system" "/var/lib/upkeep"');
  expect(text.split("\n")).toEqual(
    expect.arrayContaining([
      "BindReadOnlyPaths=/opt/vpn/last-healthy:/srv/last-healthy",
      "BindReadOnlyPaths=/opt/vpn/configs/pruning:/etc/upkeep",
      "BindPaths=/opt/vpn/data/upkeep:/var/lib/upkeep",
      "CapabilityBoundingSet=",
      "ProtectSystem=strict",
    ]),
  );
});

test("rotation runs in the service's image and as its user, over its own folder, without a network", () => {
  const data = [{ path: "/data", directory: "one", backup: { kind: "files" as const } }];
  const job = rotateLogs({ name: "one-logs", files: ["/data/error.log"], data });
  const text = jobSpec(job, serviceWith({ name: "one", user: { uid: 7, gid: 8 } }), PLACE).service("sha256:1");
  expect(text).toContain('"--user" "7:8"');
  expect(text).toContain('"--network" "none"');
  expect(text).toContain('"type=bind,source=/opt/vpn/data/one,target=/data"');
  expect(text).toContain('"sha256:1" "/etc/upkeep/rotate-logs.sh" "10" "3" "/data/error.log"');
});
