import { chosenServices } from "../config/lab-services";
import { imagesOf, isUnitService, programsOf, type Service } from "../model/service";
import { allGroups, allServices, hostJobImages, platforms } from "../platforms";
import { report } from "../toolchain/progress";
import { ensureImage } from "../lab/images/build";
import { catalogue, labImage, type LabImage, labProgram } from "../lab/images/catalogue";

/** Builds at a time: one that waits for the network beside one that computes. */
const WORKERS = 2;

/** The images that a lab with a choice of services (`all`, or groups with commas between them) is made of. */
export function imagesFor(chosen: string): LabImage[] {
  const groups = chosenServices(chosen, allGroups);
  const services = allServices.filter(({ group }) => groups.includes(group));
  const references = new Set<string | undefined>([
    ...imagesOf(services),
    ...programsFor(services, groups).map(labProgram),
    ...platforms.flatMap((platform) => hostJobImages(platform, groups)),
  ]);
  const needed = new Set(
    catalogue
      .filter((image) => (image.reference === undefined ? !isBase(image) : references.has(image.reference)))
      .flatMap(lineage),
  );
  return catalogue.filter((image) => needed.has(image));
}

/** Names of the programs that units and tools have installed. */
const programsFor = (services: readonly Service[], groups: readonly string[]): string[] => [
  ...services.filter(isUnitService).flatMap(({ run }) => programsOf(run).map(({ name }) => name)),
  ...platforms
    .flatMap(({ hosts }) => Object.values(hosts))
    .filter((host) => host.groups.some((group) => groups.includes(group)))
    .flatMap(({ tools = [] }) => tools.map(({ name }) => name)),
];

const isBase = ({ name }: LabImage): boolean => catalogue.some(({ base }) => base === name);

/** An image and those that it builds on. */
const lineage = (image: LabImage): LabImage[] => [
  image,
  ...(image.base === undefined ? [] : lineage(labImage(image.base))),
];

/** What cannot be built now is tried again, and its error shown, by the `up` that needs it. */
async function work(queue: LabImage[]): Promise<void> {
  for (let image = queue.shift(); image !== undefined; image = queue.shift()) {
    const { name } = image;
    await ensureImage(name).catch((error: Error) => report(`image ${name} is left for later: ${error.message}`));
  }
}

/** Builds ahead while something else is awaited: `node --import tsx commands/prepare-images.ts [SERVICES]`, default core. */
async function main(chosen: string): Promise<void> {
  const queue = imagesFor(chosen);
  await Promise.all(Array.from({ length: WORKERS }, () => work(queue)));
}

if (require.main === module) void main(process.argv[2] ?? "core");
