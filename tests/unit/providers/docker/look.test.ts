import { lookAt } from "../../../../providers/docker/look";
import { ScriptedHost } from "../scripted-host";

test("T14: one command says how all containers of a stack are", async () => {
  const host = new ScriptedHost(() =>
    [
      "vpai_n8n\trunning\tUp 7 seconds (unhealthy)\tegress,backend\t",
      "vpai_caddy\trunning\tUp About a minute (healthy)\tbackend,frontend\t",
      "vpai_redis\tpaused\tUp 2 days (Paused)\tbackend\tdocker.io/library/redis:8.0.2",
      "vpai_loki\texited\tExited (137) 2 hours ago\t\t",
      "vpai_sandboxes\trunning\tUp 3 minutes (healthy)\tnone\t",
      "",
    ].join("\n"),
  );
  expect(Object.fromEntries(await lookAt(host, "dev.vpai.stack=prod"))).toEqual({
    vpai_n8n: { state: "running", unhealthy: true, previous: false, networks: ["backend", "egress"] },
    vpai_caddy: { state: "running", unhealthy: false, previous: false, networks: ["backend", "frontend"] },
    vpai_redis: { state: "paused", unhealthy: false, previous: true, networks: ["backend"] },
    vpai_loki: { state: "exited", unhealthy: false, previous: false, networks: [] },
    vpai_sandboxes: { state: "running", unhealthy: false, previous: false, networks: [] },
  });
  expect(host.commands).toEqual([
    [
      ...["docker", "ps", "--all", "--no-trunc", "--filter", "label=dev.vpai.stack=prod", "--format"],
      '{{.Names}}\t{{.State}}\t{{.Status}}\t{{.Networks}}\t{{.Label "dev.vpai.previous"}}',
    ],
  ]);
});
