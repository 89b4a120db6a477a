import { chosenServices } from "../config/lab-services";
import { imagesOf } from "../model/service";
import { allGroups, allServices, hostJobImages, platforms } from "../platforms";
import { report } from "../toolchain/progress";
import { ensureImage } from "../lab/images/build";
import { catalogue, labImage, type LabImage } from "../lab/images/catalogue";

/** Builds at a time: one that waits for the network beside one that computes. */
const WORKERS = 2;

/** The images that a lab with a choice of services (`all`, or groups with commas between them) is made of. */
export function imagesFor(chosen: string): LabImage[] {
  const groups = chosenServices(chosen, allGroups);
  const references = new Set([
    ...imagesOf(allServices.filter(({ group }) => groups.includes(group))),
    ...platforms.flatMap((platform) => hostJobImages(platform, groups)),
  ]);
  const needed = new Set(
    catalogue
      .filter((image) => (image.reference === undefined ? !isBase(image) : references.has(image.reference)))
      .flatMap(lineage),
  );
  return catalogue.filter((image) => needed.has(image));
}

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
