import { cacheDirectory } from "../environment";
import { fatal, ok, warning, type Check } from "./check";

const GiB = 1024 ** 3;

const formatSize = (bytes: number): string => `${(bytes / GiB).toFixed(1)} GiB`;

/** How much of something the lab needs, in GiB: below `least` it fails, below `comfortable` it may. */
interface Need {
  least: number;
  comfortable: number;
}

/** The build caches and the images of all lab hosts. */
const disk: Need = { least: 8, comfortable: 20 };
/** Three hosts, of which sese-ai carries most of the services. */
const memory: Need = { least: 3, comfortable: 8 };

function judge(what: string, free: number, { least, comfortable }: Need) {
  const expected = `expected at least ${comfortable} GiB free: ${what}`;
  if (free < least * GiB) return fatal(`${formatSize(free)} free`, expected);
  return free < comfortable * GiB ? warning(`${formatSize(free)} free`, expected) : ok(`${formatSize(free)} free`);
}

export const cacheDisk: Check = {
  name: "Disk of the build cache",
  inspect: (machine) =>
    judge("free some, or set VPAI_CACHE_DIR to a larger disk", machine.freeDisk(cacheDirectory()), disk),
};

export const dockerDisk: Check = {
  name: "Disk of Docker",
  inspect: async (machine) => {
    const { code, stdout } = await machine.run("docker", ["info", "--format", "{{.DockerRootDir}}"]);
    const directory = code === 0 ? stdout.trim() : "/var/lib/docker";
    return judge(`free some in ${directory}`, machine.freeDisk(directory), disk);
  },
};

export const freeMemory: Check = {
  name: "Memory",
  inspect: (machine) => judge("end other programs, or use a larger machine", machine.freeMemory(), memory),
};
