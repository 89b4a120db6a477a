import path from "node:path";
import { QdrantCollection } from "@vpai/providers";
import { containerOf, defineCapability } from "../model/capability";
import type { SecretDeclaration } from "../model/secret";
import { methodIn } from "./backups/method";

/** What makes a service the one that keeps the others' collections. */
export interface VectorServer {
  apiKey: SecretDeclaration;
}

/** How alike two vectors are, in Qdrant's words. */
type Distance = "Cosine" | "Dot" | "Euclid" | "Manhattan";

/** A collection of vectors. */
export interface Collection {
  name: string;
  /** Numbers in a vector: those of the model that makes them. */
  size: number;
  distance: Distance;
}

/** A collection of vectors in a Qdrant server. One of another form is refused, since vectors cannot be converted. */
export const qdrantCollection = defineCapability<VectorServer, Collection>({
  name: "Qdrant collection",
  when: "before",
  guarded: true,
  offerSecrets: ({ apiKey }) => [apiKey],
  offerProofs: ({ apiKey }) => [
    {
      secret: apiKey,
      as: "the API key",
      request: (value) => ({ path: "/collections", headers: { "api-key": value } }),
    },
  ],
  claims: ({ name }) => [`collection ${name}`],
  keeps: () => ({ kind: "qdrant-snapshot" }),
  backupItem: ({ name }) => name,
  backup: ({ apiKey }, requests) => ({
    method: methodIn(path.join(__dirname, "backups"), "qdrant", ["qdrant.mjs"]),
    arguments: ["{port}", "{data}", "{path}", ...requests.map(({ name }) => name).sort()],
    secret: apiKey,
  }),
  make: ({ name, size, distance }, { offer, host, connection, endpoint, ready, scope }, at) =>
    new QdrantCollection(
      `${host}/collection/${name}`,
      {
        connection,
        server: { container: containerOf(endpoint), port: endpoint.port, apiKey: at.secret(offer.apiKey) },
        collection: name,
        size,
        distance,
      },
      { parent: scope, dependsOn: [ready], protect: at.protect },
    ),
});
