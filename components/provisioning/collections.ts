import { QdrantCollection } from "@vpai/providers";
import { portOf, type Service } from "../../model/service";
import { madeIn, type Servers } from "./servers";

/** The vector collections that a service declares. */
export const collections = ({ collections: declared = [] }: Service, servers: Servers): QdrantCollection[] =>
  declared.map(({ name, size, distance }) => {
    const { host } = servers;
    const { role, service, running } = servers.serving("vectorServer");
    const apiKey = host.secrets.require(role.apiKey);
    return new QdrantCollection(
      `${host.owner.host}/collection/${name}`,
      {
        connection: host.connection,
        server: { container: running.containerName, port: portOf(service), apiKey },
        collection: name,
        size,
        distance,
      },
      { ...madeIn(running), protect: host.protect },
    );
  });
