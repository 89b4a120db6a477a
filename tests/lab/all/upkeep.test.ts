import path from "node:path";
import { eventually } from "../../eventually";
import { projectRoot } from "../../../toolchain/environment";
import { bareHost, image, inside, minute, start, useImages } from "../harness/containers";

/** The images' pruning and the logs' rotation, on a lab host with an engine of its own. */

useImages("lab-host");

const FOLDER = "/opt/vpai";

/** Units of systemd, of which some name an image. */
const UNITS = `${FOLDER}/units`;

const host = (...command: string[]): string => inside("host", ...command);

const sh = (script: string): string => host("sh", "-euc", script);

beforeAll(async () => {
  const program = path.join(projectRoot, "programs/upkeep");
  start("host", image("lab-host"), [...bareHost(), "--volume", `${program}:/upkeep:ro`]);
  await eventually(() => expect(host("docker", "info", "--format", "{{.ServerVersion}}")).toMatch(/^\d/), 120);
  sh(`mkdir -p ${FOLDER}/last-healthy ${FOLDER}/upkeep ${UNITS}`);
}, 4 * minute);

/** Makes an image that is different from every other one. @returns its id */
const make = (name: string): string =>
  sh(`mkdir -p /tmp/i && echo ${name} > /tmp/i/name && tar -C /tmp/i -c . | docker import - ${name}`);

const prune = (): string => host("sh", "/upkeep/prune-images.sh", `${FOLDER}/last-healthy`, UNITS, `${FOLDER}/upkeep`);

const images = (): string[] =>
  host("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split("\n").filter(Boolean).sort();

test(
  "what containers, versions to go back to and jobs need stays; what nothing needs goes at the second run",
  () => {
    for (const name of ["lab/runs:1", "lab/stopped:1", "lab/job:1", "lab/old:1"]) make(name);
    const previous = make("lab/previous:1");
    sh(`echo "ExecStart=docker run $(docker image inspect --format '{{.Id}}' lab/job:1) tidy" > ${UNITS}/job.service`);
    sh(`echo "ExecStart=docker run sha256:${"0".repeat(64)} tidy" > ${UNITS}/gone.service`);
    sh(`mkdir -p ${FOLDER}/last-healthy/unit; echo '{"programs":[]}' > ${FOLDER}/last-healthy/unit/version.json`);
    sh("docker tag lab/old:1 lab/old:other");
    sh("docker create --name runs lab/runs:1 /x; docker create --name stopped lab/stopped:1 /x");
    const version = {
      containerId: "c",
      revision: "r",
      image: "lab/previous:1",
      description: { Image: previous, Env: [] },
    };
    sh(
      `mkdir -p ${FOLDER}/last-healthy/n8n; echo '${JSON.stringify(version)}' > ${FOLDER}/last-healthy/n8n/version.json`,
    );
    expect(prune()).toBe("0 images removed, 0 in use by others, 1 unneeded at this run, 4 kept");
    // Pulled between the runs, for a container that is made in a moment.
    make("lab/fresh:1");
    expect(prune().split("\n").at(-1)).toBe("1 images removed, 0 in use by others, 2 unneeded at this run, 4 kept");
    expect(images()).toEqual(["lab/fresh:1", "lab/job:1", "lab/previous:1", "lab/runs:1", "lab/stopped:1"]);
    // It got its container.
    sh("docker create --name fresh lab/fresh:1 /x");
    prune();
    expect(images()).toContain("lab/fresh:1");
  },
  3 * minute,
);

test("a version that cannot be read keeps everything, and fails the run", () => {
  make("lab/gone:1");
  prune();
  sh(`mkdir -p ${FOLDER}/last-healthy/bad; echo '{}' > ${FOLDER}/last-healthy/bad/version.json`);
  expect(() => prune()).toThrow("expected the id of an image, found none; nothing is removed");
  expect(images()).toContain("lab/gone:1");
  sh(`rm -r ${FOLDER}/last-healthy/bad`);
});

test(
  "an engine that does not answer removes nothing, and fails the run",
  () => {
    sh("systemctl stop docker.socket docker.service");
    expect(() => prune()).toThrow(/Cannot connect to the Docker daemon/);
    sh("systemctl start docker.service");
    expect(images()).toContain("lab/gone:1");
  },
  2 * minute,
);

const rotate = (...files: string[]): string => host("sh", "/upkeep/rotate-logs.sh", "1", "2", ...files);

test("a log that is too long is kept compressed, two generations of it, and its program goes on writing", () => {
  sh("mkdir -p /logs; (while :; do echo tick; sleep 0.1; done) >> /logs/a.log & echo $! > /logs/pid");
  const fill = (letter: string): string => sh(`head -c 2000000 /dev/zero | tr '\\0' ${letter} >> /logs/a.log`);
  // None of them is in "tick".
  for (const letter of ["x", "y", "z"]) {
    fill(letter);
    expect(rotate("/logs/a.log", "/logs/missing.log")).toContain("1 log files rotated");
  }
  expect(rotate("/logs/a.log")).toBe("0 log files rotated");
  const letters = (age: number): string => sh(`zcat /logs/a.log.${age}.gz | tr -dc xyz | tr -s xyz`);
  expect([letters(1), letters(2)]).toEqual(["z", "y"]);
  expect(sh("ls /logs")).toBe("a.log\na.log.1.gz\na.log.2.gz\npid");
  sh("sleep 1; grep -q tick /logs/a.log; kill $(cat /logs/pid)");
});

test("a link is not followed", () => {
  sh("head -c 2000000 /dev/zero > /logs/target; ln -s /logs/target /logs/link.log");
  expect(rotate("/logs/link.log")).toBe("0 log files rotated");
  expect(sh("stat -c %s /logs/target")).toBe("2000000");
});
