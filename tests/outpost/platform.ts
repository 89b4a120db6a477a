import type { Platform } from "../../model/platform";
import type { ContainerService } from "../../model/service";

/** A platform for tests: one host with as many services as its engine and its sshd may have to do with in one run. */

/** Number of its services. */
const SERVICES = 30;

/** Nothing but there: its image is one that a test puts on the host. */
const service = (index: number): ContainerService => ({
  name: `post-${String(index).padStart(2, "0")}`,
  group: "posts",
  run: { image: "outpost.test/shell:1", networks: ["posts"], command: ["/bin/sleep", "1000000"] },
  user: { uid: 1000, gid: 1000 },
  files: () => [{ path: "/etc/post/name", content: `post ${index}\n` }],
  limits: { memoryMiB: 16, cpus: 0.25 },
  health: { test: ["/bin/cat", "/etc/post/name"], startPeriod: 10 },
});

const outpost: Platform = {
  name: "outpost",
  groups: ["posts"],
  hosts: {
    outpost: {
      purpose: "many small programs",
      groups: ["posts"],
      networks: { posts: { subnet: "172.30.1.0/24", internal: true } },
    },
  },
  services: Array.from({ length: SERVICES }, (_, index) => service(index)),
};

export default outpost;
