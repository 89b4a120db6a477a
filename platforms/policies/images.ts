import { ARCHITECTURES } from "../../model/stack";
import { onEachContainer } from "./policy";

/** An image without a tag, or with a moving one, is another one tomorrow. */
export const pinnedImages = onEachContainer(({ run: { image } }) =>
  isPinned(image)
    ? []
    : [
        {
          expected: "an image that is the same tomorrow",
          found: `the unpinned image ${image}`,
          mend: "name an exact tag, or a digest",
        },
      ],
);

function isPinned(image: string): boolean {
  const [reference = "", digest] = image.split("@");
  const tag = /:([^:/]+)$/.exec(reference)?.[1];
  return digest !== undefined || (tag !== undefined && tag !== "latest");
}

/** What a host's computer cannot be given is known before anything is made. */
export const obtainableImages = onEachContainer(({ run: { image } }, { hasImage = () => true }) =>
  hasImage(image) || !isPinned(image)
    ? []
    : [
        {
          expected: "an image that the lab builds",
          found: `${image}, which its catalogue lacks`,
          mend: "add it to lab/images, or run this service on a stack that reaches its registry",
        },
      ],
);

/** An image for another processor starts nothing. Whose word is taken, the registry's or the service file's: components/stack/plans.ts. */
export const fittingArchitectures = onEachContainer(
  ({ run: { image, architectures = ARCHITECTURES } }, { name, architecture }) =>
    architectures.includes(architecture)
      ? []
      : [
          {
            expected: "an image for the host's processor",
            found: `${image} exists for ${architectures.join(" and ") || "no architecture of ours"}, and ${name} is ${architecture}`,
            mend: `take an image for ${architecture}, or run the service on another host`,
          },
        ],
);
