import { lookAt } from "../../../../providers/docker/look";
import { ScriptedHost } from "../scripted-host";

test("T14: one command says how all containers of a stack are", async () => {
  const host = new ScriptedHost(() =>
    [
      "vpai_n8n\trunning\tUp 7 seconds (unhealthy)\tegress,backend",
      "vpai_caddy\trunning\tUp About a minute (healthy)\tbackend,frontend",
      "vpai_redis\tpaused\tUp 2 days (Paused)\tbackend",
      "vpai_loki\texited\tExited (137) 2 hours ago\t",
      "",
    ].join("\n"),
  );
  expect(Object.fromEntries(await lookAt(host, "dev.vpai.stack=prod"))).toEqual({
    vpai_n8n: { state: "running", unhealthy: true, networks: ["backend", "egress"] },
    vpai_caddy: { state: "running", unhealthy: false, networks: ["backend", "frontend"] },
    vpai_redis: { state: "paused", unhealthy: false, networks: ["backend"] },
    vpai_loki: { state: "exited", unhealthy: false, networks: [""] },
  });
  expect(host.commands).toEqual([
    [
      ...["docker", "ps", "--all", "--no-trunc", "--filter", "label=dev.vpai.stack=prod", "--format"],
      "{{.Names}}\t{{.State}}\t{{.Status}}\t{{.Networks}}",
    ],
  ]);
});
