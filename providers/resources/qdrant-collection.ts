import { z } from "zod";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import type { HttpServer } from "../docker/http";
import { JsonApi } from "../docker/json-api";
import { transportTo } from "../ssh/transport";

/** A Qdrant server that runs in a container of a host, seen with its key. */
interface VectorDatabase extends HttpServer {
  apiKey: string;
}

/** A collection of vectors. */
export interface QdrantCollectionInputs {
  connection: Connection;
  server: VectorDatabase;
  /** Name of the collection. */
  collection: string;
  /** Numbers in a vector. */
  size: number;
  /** How alike two vectors are: `Cosine`, `Dot`, `Euclid` or `Manhattan`. */
  distance: string;
}

/** What Qdrant tells of a collection, as far as we use it. A collection of several named vectors has neither. */
const describedSchema = z.object({
  result: z.object({
    config: z.object({
      params: z.object({
        vectors: z.object({ size: z.number().exactOptional(), distance: z.string().exactOptional() }).exactOptional(),
      }),
    }),
  }),
});

export const qdrantCollectionKind: Kind<QdrantCollectionInputs> = {
  version: 1,
  identity: ["collection"],
  title: ({ collection, server, connection }) =>
    `collection ${collection} in ${server.container} on ${connection.host}`,
  holdsData: () => true,
  check: ({ size }) =>
    Number.isInteger(size) && size > 0
      ? []
      : [{ property: "size", reason: `expected a whole number above 0, found ${size}` }],
  async ensure(inputs, _before, makeAnew) {
    const { collection, size, distance } = inputs;
    const found = await vectorsOf(inputs);
    if (found === undefined) {
      makeAnew?.();
      await apiOf(inputs).call("PUT", pathOf(inputs), { body: { vectors: { size, distance } } });
    } else if (found.size !== size || found.distance !== distance) {
      throw new Error(
        `collection ${collection} in ${inputs.server.container}: expected vectors of ${size} numbers and distance ${distance}, ` +
          `found ${found.size} and ${found.distance}. Vectors cannot be converted. Declare what is there, or another name, ` +
          `or delete the collection with all it holds (DELETE ${pathOf(inputs)}) to have it made anew.`,
      );
    }
    return inputs;
  },
  async observe(state) {
    const found = await vectorsOf(state);
    return found === undefined ? undefined : { ...state, ...found };
  },
  /** Data outlives its declaration: deleting a collection is for a person to do. */
  async remove() {},
};

const pathOf = ({ collection }: QdrantCollectionInputs): string => `/collections/${encodeURIComponent(collection)}`;

const apiOf = ({ connection, server }: QdrantCollectionInputs): JsonApi =>
  new JsonApi(transportTo(connection), server, { "api-key": server.apiKey });

/** Undefined when there is no such collection. */
async function vectorsOf(inputs: QdrantCollectionInputs): Promise<{ size: number; distance: string } | undefined> {
  const answer = await apiOf(inputs).call("GET", pathOf(inputs), { missing: true, answer: describedSchema });
  if (answer === undefined) return undefined;
  const { size = 0, distance = "several named vectors" } = answer.result.config.params.vectors ?? {};
  return { size, distance };
}

/** A collection in a Qdrant server that runs on a host. It is never converted and never deleted. */
export class QdrantCollection extends resourceOf(qdrantCollectionKind, {
  type: "vpai/qdrant:Collection",
  name: "qdrantCollection",
  outputs: {},
}) {}
