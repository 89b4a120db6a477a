import { graphOf, type Registered, resource } from "./graph";

let graph: Registered[];

beforeAll(async () => {
  graph = await graphOf("lab");
});

test("debug", () => {
  console.log(graph.map((r) => `${r.type} ${r.name}`).join("\n"));
  console.log(JSON.stringify(resource(graph, "sese-ai/n8n", "docker:index/container:Container").inputs, null, 1));
  console.log(JSON.stringify(resource(graph, "sese-ai/caddy/config/Caddyfile").inputs, null, 1));
});
