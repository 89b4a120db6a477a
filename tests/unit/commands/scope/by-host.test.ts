import { byHost } from "../../../../commands/scope/by-host";

const event = (op: string, type: string, name: string): string =>
  JSON.stringify({ resourcePreEvent: { metadata: { op, type, urn: `urn:pulumi:lab::vpai::${type}::${name}` } } });

const HOSTS = ["sese-ai", "workstation"].map((name) => event("same", "vpai:hosts:Host", name));

test("each host with what changes there, the stack's own last, components uncounted", () => {
  const log = [
    ...HOSTS,
    event("create", "vpai:docker:Service", "sese-ai/n8n"),
    event("create", "docker:index/container:Container", "sese-ai/n8n"),
    event("create", "pulumi-nodejs:dynamic/vpai/host:RemoteFile", "sese-ai/n8n/config/a"),
    event("replace", "docker:index/container:Container", "sese-ai/caddy"),
    event("create-replacement", "docker:index/container:Container", "sese-ai/caddy"),
    event("same", "docker:index/container:Container", "sese-ai/redis"),
    event("delete", "random:index/randomPassword:RandomPassword", "oldPassword"),
  ].join("\n");
  expect(byHost(log)).toBe(`
By host:
  sese-ai: 2 to create, 1 to replace (caddy, n8n)
  workstation: no changes
  the stack as a whole: 1 to delete (oldPassword)`);
});

test("a preview that came to no host says nothing", () => {
  expect(byHost("")).toBe("");
});
