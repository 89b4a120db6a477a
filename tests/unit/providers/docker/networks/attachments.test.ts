import { attach, type Attachments, attachmentsOf } from "../../../../../providers/docker/networks/attachments";
import type { Container } from "../../../../../providers/docker/container";
import { inspected } from "../../../inspected";
import { ScriptedHost } from "../../scripted-host";

const ID = "38fb44d3fe59d3e45d97214b161aa0a3";

const container = (networks: Record<string, string[] | null>): Container =>
  inspected({
    Id: ID,
    networks: Object.fromEntries(
      Object.entries(networks).map(([name, aliases]) => [name, { Aliases: aliases ?? undefined }]),
    ),
  });

const hostWith = (networks: Record<string, string[] | null>): ScriptedHost =>
  new ScriptedHost(([, verb]) => (verb === "container" ? JSON.stringify([container(networks)]) : undefined));

const WANTED: Attachments = { backend: ["n8n"], egress: ["n8n"] };
const connect = (network: string): string[] => ["docker", "network", "connect", "--alias", "n8n", network, ID];
const disconnect = (network: string): string[] => ["docker", "network", "disconnect", network, ID];

test("a container's names are those that it was given, in any order, without its own id", () => {
  expect(attachmentsOf(container({ backend: ["n8n", "38fb44d3fe59"], egress: null, web: ["b", "a"] }))).toEqual({
    backend: ["n8n"],
    egress: [],
    web: ["a", "b"],
  });
});

test.each<[string, Record<string, string[] | null>, string[][], string[]]>([
  ["a network that it lost", { egress: ["n8n"] }, [connect("backend")], ["backend"]],
  ["all networks that it lost", {}, [connect("backend"), connect("egress")], ["backend", "egress"]],
  [
    "a name that it lost on one",
    { backend: null, egress: ["n8n"] },
    [disconnect("backend"), connect("backend")],
    ["backend"],
  ],
  ["one that is none of its own", { backend: ["n8n"], egress: ["n8n"], web: null }, [disconnect("web")], []],
  ["nothing", { egress: ["n8n"], backend: ["n8n", "38fb44d3fe59"] }, [], []],
])("T13: %s is put right", async (_what, networks, commands, anew) => {
  const host = hostWith(networks);
  expect(await attach(host, ID, WANTED)).toEqual(anew);
  expect(host.commands.slice(1)).toEqual(commands);
});
