import type { Client } from "pg";
import type { Kind } from "../implementation";
import { accepted, sent } from "../n8n/accepted";
import { keptAs, withApi } from "../n8n/api";
import { covers, type Definition, fingerprintOf, findWorkflow, type Published, type Workflow } from "../n8n/workflow";
import { type Server, withSession } from "../postgresql/session";
import { asSuperuser } from "../postgresql/superuser";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import type { JsonApi } from "../docker/json-api";
import { transportTo } from "../ssh/transport";

/** A workflow in an n8n that runs on a host. */
export interface N8nWorkflowInputs {
  connection: Connection;
  /** The n8n container's name. */
  container: string;
  /** n8n's port in its container. */
  port: number;
  /** The database server that n8n keeps its workflows in. */
  server: Server;
  /** n8n's database there. */
  database: string;
  /** What we call it. */
  workflow: string;
  /** What it shall be; one that is there under the same name is taken on. */
  definition: Definition;
  /** `current` when it runs, `none` when it only exists. */
  published: Published;
  /** What happens to a workflow that was edited on the server: it is left alone, or set back. */
  edited: "keep" | "overwrite";
}

export interface N8nWorkflowState extends N8nWorkflowInputs {
  /** n8n's own id of it. */
  workflowId: string;
  /** Stands for what was there right after our last change; what differs was edited since. */
  fingerprint: string;
}

export const n8nWorkflowKind: Kind<N8nWorkflowInputs, N8nWorkflowState> = {
  version: 1,
  identity: ["workflow"],
  title: ({ workflow, container, connection }) => `workflow ${workflow} in ${container} on ${connection.host}`,
  /** Its executions, and what somebody made of it. To delete one is to edit it. */
  holdsData: ({ edited }) => edited === "keep",
  ensure: (inputs, before, makeAnew) =>
    asSuperuser(transportTo(inputs.connection), inputs.server, inputs.database, async (client) => {
      const found = await findWorkflow(client, { id: before?.workflowId, name: inputs.definition.name });
      if (found !== undefined && isRight(found, inputs)) return settled(inputs, found);
      if (found !== undefined && inputs.edited === "keep" && wasEdited(found, inputs, before))
        return left(inputs, found, before);
      if (found === undefined) makeAnew?.();
      const id = await write(client, inputs, found);
      const written = await findWorkflow(client, { id, name: inputs.definition.name });
      if (written === undefined || !isRight(written, inputs))
        throw new Error(
          `n8n in ${inputs.container} on ${inputs.connection.host} took the workflow ${inputs.workflow} and keeps ` +
            "another one: compare the file with its export from the editor",
        );
      return settled(inputs, written);
    }),
  observe: (state) =>
    withSession(transportTo(state.connection), state.server, state.database, async (client) => {
      const found = await findWorkflow(client, { id: state.workflowId, name: state.definition.name });
      if (found === undefined) return undefined;
      return fingerprintOf(found) === state.fingerprint ? state : { ...state, ...seen(found) };
    }),
  /** It stops running and stays, with its executions and whatever somebody made of it. */
  async remove(state) {
    const { connection, server, database } = state;
    await withSession(transportTo(connection), server, database, async (client) => {
      const found = await findWorkflow(client, { id: state.workflowId, name: state.definition.name });
      if (found !== undefined && found.published !== "none")
        await write(client, { ...state, published: "none" }, found);
    });
  },
};

const isRight = ({ definition, published }: Workflow, wanted: N8nWorkflowInputs): boolean =>
  published === wanted.published && covers(definition, accepted(wanted.definition));

/** Whether somebody else than us made it what it is. */
const wasEdited = (found: Workflow, wanted: N8nWorkflowInputs, before: N8nWorkflowState | undefined): boolean =>
  before === undefined
    ? !covers(found.definition, accepted(wanted.definition))
    : fingerprintOf(found) !== before.fingerprint;

const settled = (inputs: N8nWorkflowInputs, found: Workflow): N8nWorkflowState => ({
  ...inputs,
  workflowId: found.id,
  fingerprint: fingerprintOf(found),
});

/** The state of one that was left as somebody edited it: it differs from what is wanted, and each preview shows that. */
const left = (inputs: N8nWorkflowInputs, found: Workflow, before: N8nWorkflowState | undefined): N8nWorkflowState => ({
  ...inputs,
  ...seen(found),
  workflowId: found.id,
  fingerprint: before?.fingerprint ?? "",
});

const seen = ({ definition, published }: Workflow): Pick<N8nWorkflowState, "definition" | "published"> => ({
  definition,
  published,
});

/** Makes the workflow, or makes it right, and publishes it. @returns n8n's id of it */
function write(client: Client, inputs: N8nWorkflowInputs, found: Workflow | undefined): Promise<string> {
  const { connection, container, port, published } = inputs;
  const definition = accepted(inputs.definition);
  return withApi(transportTo(connection), { container, port }, client, async (api) => {
    const saved = found !== undefined && covers(found.definition, definition);
    const id = saved ? found.id : await save(api, definition, found?.id);
    await api.call("POST", `/api/v1/workflows/${id}/${published === "none" ? "deactivate" : "activate"}`, { body: {} });
    return id;
  });
}

function save(api: JsonApi, definition: Definition, id: string | undefined): Promise<string> {
  const [method, path] =
    id === undefined ? (["POST", "/api/v1/workflows"] as const) : (["PUT", `/api/v1/workflows/${id}`] as const);
  return keptAs(api, "workflow", { method, path, body: sent(definition) });
}

/** A workflow in an n8n that runs on a host: made, kept up to date and published; one that was edited there is drift. */
export class N8nWorkflow extends resourceOf(n8nWorkflowKind, {
  type: "vpai/n8n:Workflow",
  name: "n8nWorkflow",
  outputs: { workflowId: "plain", fingerprint: "plain" },
}) {}
