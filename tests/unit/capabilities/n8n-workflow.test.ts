import path from "node:path";
import { withCredentials, workflowsIn } from "../../../capabilities/n8n-workflow";
import { CREDENTIALS } from "../../../platforms/vpai/services/n8n/credentials";
import { projectRoot } from "../../../toolchain/environment";

const workflows = workflowsIn(path.join(projectRoot, "platforms/vpai/services/n8n/workflows"));

interface Node {
  name: string;
  type: string;
  onError?: string;
  credentials?: Record<string, { id?: string; name: string }>;
  parameters: Record<string, unknown>;
}

const nodesOf = (name: string): Node[] =>
  (workflows.find((one) => one.name === name)?.exported.nodes ?? []) as unknown as Node[];

test("nodes get the ids of the credentials that they name; one that is not there has none", () => {
  const node = (credentials: object): object => ({ name: "Ask", credentials });
  const definition = {
    name: "W",
    nodes: [
      node({ openAiApi: { id: "of another n8n", name: "LiteLLM" } }),
      node({ postgres: { name: "No" } }),
      { name: "Set" },
    ],
    connections: {},
    settings: {},
  };
  expect(withCredentials(definition, { LiteLLM: "c0" }).nodes).toEqual([
    node({ openAiApi: { id: "c0", name: "LiteLLM" } }),
    node({ postgres: { name: "No" } }),
    { name: "Set" },
  ]);
});

test("the platform's workflows are these, and all of them run", () => {
  expect(workflows.map(({ name, exported }) => [name, exported.active])).toEqual([
    ["asset-register", true],
    ["budget", true],
    ["creative-pipeline", true],
    ["ping", true],
    ["seed", true],
  ]);
});

describe.each(workflows.map(({ name }) => name))("%s", (name) => {
  test("names credentials that the platform makes, of their type, and no id of any n8n", () => {
    const made = CREDENTIALS.map(([, credential]) => [credential.name, credential.type]);
    for (const { credentials = {} } of nodesOf(name))
      for (const [type, credential] of Object.entries(credentials)) {
        expect(made).toContainEqual([credential.name, type]);
        expect(Object.keys(credential)).toEqual(["name"]);
      }
  });

  test("lets nobody in without a token, and nothing fail without an answer", () => {
    for (const { type, parameters, onError } of nodesOf(name)) {
      // Telegram proves itself by a header of its own, which LiteLLM looks at (docs/decisions/llm-budget.md).
      if (type === "n8n-nodes-base.webhook" && !["ping", "budget"].includes(name))
        expect(parameters).toMatchObject({ authentication: "headerAuth" });
      if (type === "n8n-nodes-base.httpRequest") expect(onError).toBe("continueErrorOutput");
    }
  });
});
