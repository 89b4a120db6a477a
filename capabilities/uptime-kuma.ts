import { UptimeKumaMonitors, UptimeKumaOwner } from "@vpai/providers";
import { containerOf, defineCapability } from "../model/capability";
import type { Proof } from "../model/proof";
import type { SecretDeclaration } from "../model/secret";
import type { ServiceContext } from "../model/context";
import { promisesOn, type Promised } from "../model/promises";
import { hostnameOf } from "../model/site";

/** What makes a service the one that watches from outside. */
interface Watcher {
  /** Password of its account, whose name is the stack's `ownerEmail`. */
  password: SecretDeclaration;
}

/** Logs in as a browser does that has no WebSocket: Engine.IO's long polling. Reads what it sends from standard input. */
const LOGIN = `let text = "";
process.stdin.on("data", (part) => (text += part)).on("end", async () => {
  const { port, account } = JSON.parse(text);
  let url = "http://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=polling";
  const ask = async (body) => (await fetch(url, body === undefined ? {} : { method: "POST", body })).text();
  url += "&sid=" + JSON.parse((await ask()).slice(1)).sid;
  await ask("40");
  await ask("420" + JSON.stringify(["login", account]));
  for (let looks = 0; looks < 20; looks++) {
    const said = (await ask()).split("\\u001e").find((packet) => packet.startsWith("430"));
    if (said === undefined) continue;
    const [{ ok, msg }] = JSON.parse(said.slice(3));
    if (ok) return console.log("accepted");
    if (/incorrect/i.test(msg)) return console.log("refused");
    break;
  }
  process.exitCode = 1;
});`;

/** How the account's password is tried. Uptime Kuma takes 20 logins in a minute. */
const login = (password: SecretDeclaration, { ownerEmail, services }: ServiceContext, of: string): Proof => ({
  secret: password,
  as: "the owner",
  command: ["node", "-e", LOGIN],
  input: (value) =>
    JSON.stringify({
      port: services.find(({ name }) => name === of)?.port,
      account: { username: ownerEmail, password: value, token: "" },
    }),
});

/** The account of an Uptime Kuma, made from inside before its site opens: it else gives itself to the first visitor. */
export const uptimeKumaOwner = defineCapability<Watcher, { of: string }>({
  name: "Uptime Kuma owner",
  when: "after",
  opens: true,
  offerSecrets: ({ password }) => [password],
  requestProofs: ({ of }, { password }, context) => [login(password, context, of)],
  claims: ({ of }) => [`owner ${of}`],
  make: ({ of }, { offer, host, connection, endpoint, ready, scope }, at) =>
    new UptimeKumaOwner(
      `${host}/owner/${of}`,
      {
        connection,
        server: { container: containerOf(endpoint), port: endpoint.port },
        user: at.ownerEmail,
        password: at.secret(offer.password),
      },
      { parent: scope, dependsOn: [ready] },
    ),
});

/** A monitor for each site and smoke check of the whole platform. */
export const uptimeKumaMonitors = defineCapability<Watcher, { sitesOf: "platform" }>({
  name: "Uptime Kuma monitors",
  when: "after",
  offerSecrets: ({ password }) => [password],
  claims: () => ["monitors"],
  make: (_request, { offer, host, connection, endpoint, ready, scope }, at) =>
    new UptimeKumaMonitors(
      `${host}/monitors`,
      {
        connection,
        server: {
          container: containerOf(endpoint),
          port: endpoint.port,
          user: at.ownerEmail,
          password: at.secret(offer.password),
        },
        monitors: monitorsOf(at.context),
      },
      { parent: scope, dependsOn: [ready, ...at.earlier(uptimeKumaOwner)] },
    ),
});

/** Seconds between two looks at a site; Uptime Kuma's own default. */
const INTERVAL = 60;

/** One for each address that something promises an answer at. */
function monitorsOf({ hosts, domain, tls }: ServiceContext) {
  const monitors = promisesOn(hosts).map((promised) => ({
    name: `${promised.service} ${addressOf(promised, domain)}`,
    url: `https://${addressOf(promised, domain)}`,
    status: promised.status,
    contains: promised.contains ?? "",
    interval: INTERVAL,
    // A host's own authority is known to that host alone.
    anyCertificate: tls === "internal",
    active: true,
  }));
  const each = new Map(monitors.map((monitor) => [monitor.name, monitor]));
  return [...each.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

const addressOf = (promised: Promised, domain: string): string => `${hostnameOf(promised, domain)}${promised.path}`;
