import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Definition, N8nWorkflow } from "@vpai/providers";
import { containerOf, defineCapability } from "../model/capability";
import { idsByName, n8nCredential } from "./n8n-credential";
import { type Database, postgresqlDatabase } from "./postgresql-database";
import { UserError } from "../model/finding";

/** What makes a service an n8n that workflows run in. */
interface WorkflowServer {
  /** Where it keeps them. */
  database: Database;
  /**
   * Name of the setting that says what happens to workflows that were edited on the server: `keep` leaves them alone,
   * `overwrite` sets them back.
   */
  edited: string;
}

/** A workflow as n8n's editor exports it, as far as we use it. */
export type Exported = Definition & { active: boolean };

/** A workflow and what we call it. */
interface Workflow {
  name: string;
  exported: Exported;
}

/** Workflows of one n8n. */
export interface WorkflowFolder {
  /** One workflow per `*.json` file, absolute path. */
  folder: string;
  /** Services that a workflow cannot do without, by its file's name without the ending. Default: none. */
  beside?: Readonly<Record<string, readonly string[]>>;
}

/** A workflow in an n8n; one that nobody requests any more stops running and stays. */
const capability = defineCapability<WorkflowServer, Workflow>({
  name: "n8n workflow",
  when: "after",
  offerSecrets: ({ database }) => [database.password],
  claims: ({ name }) => [`workflow ${name}`],
  make: ({ name, exported: { active, ...definition } }, { offer, host, connection, endpoint, ready, scope }, at) => {
    const store = at.server(postgresqlDatabase, offer.database.server);
    return new N8nWorkflow(
      `${host}/workflow/${name}`,
      {
        connection,
        container: containerOf(endpoint),
        port: endpoint.port,
        server: postgresqlDatabase.superuserOf(store, at),
        database: offer.database.name,
        workflow: name,
        definition: idsByName(at.earlier(n8nCredential)).apply((ids) => withCredentials(definition, ids)),
        published: active ? "current" : "none",
        edited: at.setting(offer.edited) === "overwrite" ? "overwrite" : "keep",
      },
      { parent: scope, dependsOn: [ready] },
    );
  },
});

/** The capability, and requests for a whole folder of workflows. */
export const n8nWorkflow = {
  ...capability,

  /**
   * Requests each workflow of a folder's `*.json` files, by the files' names without their ending.
   * @param from name of the n8n that runs them
   */
  requestFolder: ({ folder, beside = {} }: WorkflowFolder, from: string) =>
    workflowsIn(folder).map((workflow) => capability.request(workflow, { from, beside: beside[workflow.name] ?? [] })),
};

/** The workflows of a folder's `*.json` files, in the order of their names. @param folder absolute path */
export const workflowsIn = (folder: string): Workflow[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({ name: path.basename(file, ".json"), exported: exportedIn(path.join(folder, file)) }));

/** A node of a workflow, as far as we look into it. */
interface Node {
  credentials?: Readonly<Record<string, { name: string }>>;
}

/**
 * A workflow whose nodes have the ids of their credentials in this n8n: the file names them alone, since ids differ from one n8n to
 * the next. One that is not there stays without: n8n looks for one of that name by itself, which may be one that this run takes away, and
 * fails what uses none.
 */
export function withCredentials(definition: Definition, ids: Readonly<Record<string, string>>): Definition {
  const nodes = definition.nodes.map((node: Node) =>
    node.credentials === undefined
      ? node
      : {
          ...node,
          credentials: Object.fromEntries(
            Object.entries(node.credentials).map(([type, { name }]) => [
              type,
              ids[name] === undefined ? { name } : { id: ids[name], name },
            ]),
          ),
        },
  );
  return { ...definition, nodes };
}

/** @throws for a file that is no workflow, as n8n exports it */
function exportedIn(file: string): Exported {
  const { name, nodes, connections, settings, active } = JSON.parse(readFileSync(file, "utf8")) as Partial<Exported>;
  if (name === undefined || nodes === undefined || connections === undefined || active === undefined)
    throw new UserError(`${file}: expected a workflow with name, nodes, connections and active, as n8n exports it`);
  return { name, nodes, connections, settings: settings ?? {}, active };
}
