import type { Definition } from "./workflow";

/** The settings of a workflow that n8n's public API takes, in its version 2.7; it refuses a workflow with any other. */
export const ACCEPTED_SETTINGS: readonly string[] = [
  "saveExecutionProgress",
  "saveManualExecutions",
  "saveDataErrorExecution",
  "saveDataSuccessExecution",
  "executionTimeout",
  "errorWorkflow",
  "timezone",
  "executionOrder",
  "callerPolicy",
  "callerIds",
  "timeSavedPerExecution",
  "availableInMCP",
];

/** The same of a node. */
export const ACCEPTED_OF_NODE: readonly string[] = [
  "id",
  "name",
  "webhookId",
  "disabled",
  "notesInFlow",
  "notes",
  "type",
  "typeVersion",
  "executeOnce",
  "alwaysOutputData",
  "retryOnFail",
  "maxTries",
  "waitBetweenTries",
  "continueOnFail",
  "onError",
  "position",
  "parameters",
  "credentials",
];

/** The editor's word for what the server decides: the same as nothing. */
const SERVERS_OWN = "DEFAULT";

/** What of an exported workflow can be sent to n8n, and is compared with what it has. The editor exports more. */
export const accepted = ({ name, nodes, connections, settings }: Definition): Definition => ({
  name,
  nodes: nodes.map((node) => only(node, (key) => ACCEPTED_OF_NODE.includes(key))),
  connections,
  settings: only(settings, (key, value) => ACCEPTED_SETTINGS.includes(key) && value !== SERVERS_OWN),
});

/** A node, as far as we look into it. */
interface Node {
  credentials?: Readonly<Record<string, { id?: string | null; name: string }>>;
}

/**
 * The same as n8n has to be sent it. A credential without an id is sent with `null`: n8n then looks for one of that name. Where the
 * id is not there at all, it takes the first of that type, whatever its name.
 */
export const sent = (definition: Definition): Definition => ({
  ...definition,
  nodes: definition.nodes.map((node: Node) =>
    node.credentials === undefined ? node : { ...node, credentials: withIds(node.credentials) },
  ),
});

const withIds = (credentials: NonNullable<Node["credentials"]>): NonNullable<Node["credentials"]> =>
  Object.fromEntries(Object.entries(credentials).map(([type, one]) => [type, { id: null, ...one }]));

const only = (value: object, takes: (key: string, value: unknown) => boolean): object =>
  Object.fromEntries(Object.entries(value).filter(([key, member]) => takes(key, member)));
