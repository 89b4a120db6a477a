import { renderPreview } from "../../../../commands/preview-comment/render";
import { madeUp, recorded } from "./recorded";

const render = (name: string): string => renderPreview(recorded(name), { stack: "prod" });
const summaryOf = (text: string): string => text.slice(0, text.indexOf("<details>"));
const diffOf = (text: string): string => text.slice(text.indexOf("<details>"));

describe("recorded previews", () => {
  it("names what changes from what to what, and nothing that the provider merely recomputed", () => {
    expect(summaryOf(render("update"))).toBe(`<!-- preview:prod -->
## Preview of \`prod\`

**2 to change**; 11 unchanged.

### \`sese-ai\`: 2 to change

- **change** \`caddy\` RemoteFile \`Caddyfile\`: \`content\` (lines: +1 −1), \`mode 0644 → 0640\`
- **change** \`postgresql\` Container: \`memory 1024 → 512\`

`);
  });

  it("shows a changed file as its changed lines, with those around them", () => {
    expect(diffOf(render("update"))).toContain(`!   content:
        n8n.lab.test {
          reverse_proxy n8n:5678
-         encode gzip
+         header X-Robots-Tag noindex
        }
`);
  });

  it.each(["replace", "replace-short"])("marks lost data and downtime (%s)", (name) => {
    const summary = summaryOf(render(name));
    expect(summary).toContain("**4 to replace**; 9 unchanged.");
    expect(summary).toContain(`> [!CAUTION]
> **Data would be lost**
> - \`sese-ai/postgresql/n8n\` (Database) is replaced
> - \`sese-ai/postgresql/data\` (Volume) is replaced`);
    expect(summary).toContain(`> [!WARNING]
> **Expected downtime**
> - \`n8n\` on \`sese-ai\`: its container is removed before the new one starts
> - \`postgresql\` on \`sese-ai\`: its container is removed before the new one starts`);
    expect(summary).toContain(
      "- **replace** `n8n` Container: `envs[1] N8N_LOG_LEVEL=info → N8N_LOG_LEVEL=debug` — **downtime**; stateful, its data stays in `/opt/vpai/data/n8n`",
    );
    expect(summary).toContain("- **replace** `postgresql` Volume `data`: `name vpai-record_pg17 → vpai-record_pg18`");
  });

  it("lists what is deleted by service and where its data stays", () => {
    const text = render("delete");
    expect(text).toContain("**1 to change, 2 to delete**; 10 unchanged.");
    expect(text).toContain(
      "- **delete** `n8n`: Container, RemoteFile — stateful, its data stays in `/opt/vpai/data/n8n`",
    );
    expect(diffOf(text)).toContain("-   path: /opt/vpai/configs/n8n/n8n.env");
    expect(text).not.toContain("**downtime**");
  });

  it("lists what is created by host and service, without components and providers", () => {
    const text = render("create");
    expect(summaryOf(text)).toBe(`<!-- preview:prod -->
## Preview of \`prod\`

**7 to create**; 0 unchanged.

### \`sese-ai\`: 7 to create

- **create** \`backend\`: Network
- **create** \`caddy\`: RemoteFile
- **create** \`n8n\`: Container, RemoteFile
- **create** \`postgresql\`: Container, Database, Volume

`);
    expect(diffOf(text)).toContain("+   password: [secret]");
  });

  it("says that protection ends", () => {
    expect(render("unprotect")).toContain("> **Protection would end**\n> - `sese-ai/postgresql/data`");
  });

  it("shows errors first, and that the preview failed", () => {
    const text = render("error");
    expect(text).toMatch(/^<!-- preview:prod -->\n## Preview of `prod`\n\n\*\*The preview failed\.\*\*/);
    expect(text.indexOf("Error: caddy: expected a hostname, found <b>@nobody</b>")).toBeLessThan(
      text.indexOf("**1 to create**"),
    );
  });

  it("shows warnings, but not the engine's remark on where it found a plugin", () => {
    expect(render("warning")).toContain(
      "```text\nwarning: couchdb_vpn_enforce is off: couch.lab.test answers outside the VPN\n```",
    );
    expect(render("warning")).not.toContain("$PATH");
  });

  it("says so when nothing changes, with nothing to unfold", () => {
    expect(render("no-change")).toBe("<!-- preview:prod -->\n## Preview of `prod`\n\n**No changes.** 13 unchanged.");
  });

  it.each(["update", "create", "delete", "replace", "provider-code"])(
    "never shows a provider's serialised code (%s)",
    (name) => {
      expect(render(name)).not.toMatch(/__provider|exports\.handler|__f0/);
    },
  );

  it("says of changed provider code just that", () => {
    expect(render("provider-code")).toContain("- **change** `postgresql` Database `n8n`: provider code changed\n");
  });

  it.each(["update", "replace", "create", "delete"])(
    "gives the same text in whatever order the steps come (%s)",
    (name) => {
      const preview = recorded(name);
      const isThreefold = preview.steps?.some(({ op }) => op === "delete-replaced") === true;
      // The order within a replacement says which side comes first, so only whole resources are moved.
      const steps = [...(preview.steps ?? [])].sort((one, other) =>
        one.urn < other.urn ? 1 : one.urn > other.urn ? -1 : 0,
      );
      expect(steps.length).toBeGreaterThan(isThreefold ? 10 : 2);
      expect(renderPreview({ ...preview, steps }, { stack: "prod" })).toBe(render(name));
    },
  );
});

/** Previews of the lab, recorded after one edit of a service file each. */
describe("recorded previews of the lab", () => {
  const changes = (name: string): string[] =>
    summaryOf(renderPreview(recorded(`lab-${name}`), { stack: "lab" }))
      .split("\n")
      .filter((line) => /^(> )?- /.test(line));

  it("a memory limit touches that service alone, without downtime", () => {
    expect(changes("memory")).toEqual(["- **change** `redis` Container: `memory 384 → 320`, `memorySwap 384 → 320`"]);
  });

  it("a file that the program reloads is no downtime", () => {
    expect(changes("reload")).toEqual([
      "- **change** `caddy` HealthGate `health`: `reload.revision` (known after the update), `revision` (known after the update)",
      "- **change** `caddy` RemoteFile `config/Caddyfile`: `content` (lines: +1 −1)",
      "- **change** `smoke` SmokeChecks: `running` (known after the update)",
    ]);
  });

  it("a file that takes a restart is", () => {
    expect(changes("restart")).toEqual([
      "> - `redis` on `sese-ai`: it restarts to read its changed files",
      "- **change** `redis` HealthGate `health`: `restart.revision` (known after the update), `revision` (known after the update) — **downtime**",
      "- **change** `redis` RemoteFile `config/redis.conf`: `content` (lines: +1 −1)",
      "- **change** `smoke` SmokeChecks: `running` (known after the update)",
    ]);
  });

  it("a variable takes a new container, whose data stays", () => {
    expect(changes("replace")).toEqual([
      "> - `n8n` on `sese-ai`: its container is removed before the new one starts",
      "- **change** `n8n` HealthGate `health`: `containerId` (known after the update)",
      "- **replace** `n8n` Container: `envs[7] GENERIC_TIMEZONE=Europe/Paris → GENERIC_TIMEZONE=Europe/Berlin` — **downtime**; stateful, its data stays in `/opt/vpai/data/n8n`",
    ]);
  });
});

describe("downtime", () => {
  const steps = (...ops: string[]) => {
    const [step] = madeUp({ from: { image: "a:1" }, to: { image: "a:2" } }).steps ?? [];
    return { steps: ops.map((op) => ({ ...step, op, urn: step?.urn ?? "" })) };
  };
  const downtime = (preview: Parameters<typeof renderPreview>[0]): boolean =>
    renderPreview(preview, { stack: "prod" }).includes("Expected downtime");

  it("is expected where the old container goes first, and where the order is not shown", () => {
    expect(downtime(steps("delete-replaced", "replace", "create-replacement"))).toBe(true);
    expect(downtime(steps("replace"))).toBe(true);
  });

  it("is not expected where the new container comes first", () => {
    expect(downtime(steps("create-replacement", "replace", "delete-replaced"))).toBe(false);
  });

  it("is not expected of a change in place", () => {
    expect(downtime(steps("update"))).toBe(false);
  });

  const gate = (from: Record<string, unknown>, to: Record<string, unknown>) =>
    renderPreview(
      madeUp({ name: "sese-ai/caddy/health", type: "pulumi-nodejs:dynamic/vpai/docker:HealthGate", from, to }),
      { stack: "prod" },
    );

  it("is expected of a gate that restarts a container, and not of one that lets it reload or only looks", () => {
    const files = (revision: string) => ({ revision, folders: ["/opt/vpai/configs/caddy"] });
    expect(gate({ restart: files("a") }, { restart: files("b") })).toContain(
      "> - `caddy` on `sese-ai`: it restarts to read its changed files",
    );
    const reload = gate({ reload: files("a") }, { reload: files("b") });
    expect(reload).not.toContain("downtime");
    expect(reload).toContain("- **change** `caddy` HealthGate `health`: `reload.revision a → b`");
    expect(gate({ restart: files("a"), containerId: "a" }, { restart: files("a"), containerId: "b" })).not.toContain(
      "downtime",
    );
  });

  it("is not expected of a command that runs again, which is not called a replacement", () => {
    const [from, to] = [
      { create: "docker push", triggers: ["a"] },
      { create: "docker push", triggers: ["b"] },
    ];
    const text = renderPreview(
      madeUp({ name: "lab/push/caddy", type: "command:local:Command", op: "replace", from, to }),
      { stack: "lab" },
    );
    expect(text).not.toContain("downtime");
    expect(text).toContain("**1 to run**; 5 unchanged.");
    expect(text).toContain("**run** `push` Command `caddy`: `triggers[0] a → b`");
  });

  it("is expected of every service of a server that is replaced", () => {
    const text = renderPreview(
      madeUp({
        name: "sese-ai/machine/server",
        type: "hcloud:index/server:Server",
        op: "replace",
        from: { image: "debian-12" },
        to: { image: "debian-13" },
      }),
      { stack: "preprod" },
    );
    expect(text).toContain("> - every service on `sese-ai`: its server is replaced");
    expect(text).toContain("> - `sese-ai/machine/server` (Server) is replaced");
  });
});

describe("places", () => {
  it("takes the host from the parent when the name has none", () => {
    const text = renderPreview(
      madeUp({ name: "engine", op: "create", to: {}, parent: "urn:pulumi:prod::vpai::vpai:hosts:Host::seko-vpn" }),
      { stack: "prod" },
    );
    expect(text).toContain("### `seko-vpn`: 1 to create\n\n- **create** `engine`: Container");
  });

  it("puts what belongs to no host last, under a heading of its own", () => {
    const [password] =
      madeUp({
        name: "n8nDatabasePassword",
        type: "random:index/randomPassword:RandomPassword",
        op: "create",
        to: {},
        parent: "urn:pulumi:prod::vpai::vpai:platform:SecretStore::secrets",
      }).steps ?? [];
    const [container] = madeUp({ op: "create", to: {} }).steps ?? [];
    const text = renderPreview(
      { steps: [password, container].filter((step) => step !== undefined) },
      { stack: "prod" },
    );
    expect(text.indexOf("### `sese-ai`")).toBeGreaterThan(0);
    expect(
      text.indexOf("### The stack as a whole: 1 to create\n\n- **create** `n8nDatabasePassword`: RandomPassword"),
    ).toBeGreaterThan(text.indexOf("### `sese-ai`"));
  });
});

describe("changes that only look like some", () => {
  const labels = ["a", "b"];

  it("are left out beside real ones", () => {
    const text = renderPreview(
      madeUp({ from: { labels, memory: 1 }, to: { labels: labels.toReversed(), memory: 2 } }),
      { stack: "prod" },
    );
    expect(text).toContain("Container: `memory 1 → 2`\n");
  });

  it("are shown where there is nothing else", () => {
    const text = renderPreview(madeUp({ from: { labels }, to: { labels: labels.toReversed() } }), { stack: "prod" });
    expect(text).toContain('Container: `labels ["a","b"] → ["b","a"]`\n');
  });
});

describe("messages", () => {
  it("are shown once, with the resources that they are about", () => {
    const about = (name: string) => ({
      severity: "warning",
      message: "unknown inputs\n",
      urn: `urn:pulumi:lab::vpai::a:b:C::${name}`,
    });
    const text = renderPreview({ diagnostics: ["e", "b", "d", "a", "c"].map(about) }, { stack: "lab" });
    expect(text.match(/```text[^]*?```/g)).toEqual(["```text\na, b, c and 2 more: unknown inputs\n```"]);
  });
});

describe("drift", () => {
  it("shows what was last seen where the program's inputs are the same", () => {
    const text = renderPreview(
      madeUp({
        from: { memory: 512 },
        to: { memory: 512 },
        step: {
          oldState: {
            urn: "",
            type: "docker:index/container:Container",
            custom: true,
            inputs: { memory: 512 },
            outputs: { memory: 2048 },
          },
          detailedDiff: { memory: { kind: "update", inputDiff: false } },
        },
      }),
      { stack: "prod" },
    );
    expect(text).toContain("`memory 2048 → 512`");
  });
});

describe("the marker", () => {
  it("refuses a stack name that could break out of it", () => {
    expect(() => renderPreview({}, { stack: "prod --> @all" })).toThrow("expected a stack name");
  });
});
