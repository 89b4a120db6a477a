import { sent } from "../../../providers/n8n/accepted";

test("a credential that has no id is sent with none, for n8n takes any of its type when the key is missing", () => {
  const node = (credentials: object): object => ({ name: "Ask", credentials });
  const definition = {
    name: "W",
    nodes: [
      node({ httpHeaderAuth: { name: "Kaneo" } }),
      node({ postgres: { id: "p1", name: "Assets" } }),
      { name: "Set" },
    ],
    connections: {},
    settings: {},
  };
  expect(sent(definition).nodes).toEqual([
    node({ httpHeaderAuth: { id: null, name: "Kaneo" } }),
    node({ postgres: { id: "p1", name: "Assets" } }),
    { name: "Set" },
  ]);
});
