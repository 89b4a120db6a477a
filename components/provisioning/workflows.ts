import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Definition, N8nWorkflow } from "@vpai/providers";
import { portOf, type Service } from "../../model/service";
import type { DockerService } from "../container/service";
import { madeIn, type Servers } from "./servers";

/** A workflow as n8n's editor exports it, as far as we use it. */
type Exported = Definition & { active: boolean };

/**
 * The workflows of a running n8n: one for each file of the folder that the service names.
 * @throws when the service has no database, which is where n8n keeps them
 */
export function workflows(service: Service, running: DockerService, servers: Servers): N8nWorkflow[] {
  const { workflows: folder, database } = service;
  if (folder === undefined) return [];
  if (database === undefined) throw new Error(`${service.name} has workflows: expected a database, found none`);
  const { host } = servers;
  const server = servers.serving("databaseServer");
  const password = host.secrets.require(server.role.password);
  return [...exportedIn(folder)].map(
    ([name, { active, ...definition }]) =>
      new N8nWorkflow(
        `${host.owner.host}/workflow/${name}`,
        {
          connection: host.connection,
          container: running.containerName,
          port: portOf(service),
          server: { container: server.running.containerName, superuser: server.role.superuser, password },
          database: database.name,
          workflow: name,
          definition,
          published: active ? "current" : "none",
          edited: host.workflows,
        },
        madeIn(running),
      ),
  );
}

/** The workflows of a folder's `*.json` files, by the files' names without their ending. */
const exportedIn = (folder: string): Map<string, Exported> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map((file) => [path.basename(file, ".json"), exported(path.join(folder, file))]),
  );

function exported(file: string): Exported {
  const { name, nodes, connections, settings, active } = JSON.parse(readFileSync(file, "utf8")) as Partial<Exported>;
  if (name === undefined || nodes === undefined || connections === undefined || active === undefined)
    throw new Error(`${file}: expected a workflow with name, nodes, connections and active, as n8n exports it`);
  return { name, nodes, connections, settings: settings ?? {}, active };
}
