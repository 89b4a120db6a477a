import type { Output } from "@pulumi/pulumi";
import { UptimeKumaMonitors, UptimeKumaNotification, UptimeKumaOwner } from "@vpai/providers";
import { containerOf, defineCapability, type Running, type MakeContext } from "../model/capability";
import type { Proof } from "../model/proof";
import type { SecretDeclaration } from "../model/secret";
import type { ServiceContext } from "../model/context";
import { promisesOn, type Promised } from "../model/promises";
import { hostnameOf } from "../model/site";
import { tokenOf, watchedJobs, type WatchedJob } from "../model/watch";

/** What makes a service the one that watches from outside. */
interface Watching {
  /** Password of its account, whose name is the stack's `ownerEmail`. */
  password: SecretDeclaration;
  /** As the service's `watches` has it. Default: jobs tell it nothing. */
  key?: SecretDeclaration;
}

/** Where it tells of its monitors: a chat of Telegram. */
interface Chat {
  /** Token of the bot that writes there. */
  bot: SecretDeclaration;
  /** Number of the chat. */
  chat: SecretDeclaration;
  /** Name of the setting that says where Telegram's Bot API is. */
  api: string;
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
export const uptimeKumaOwner = defineCapability<Watching, { of: string }>({
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

/** The program, as its owner logs in there. */
const asOwner = ({ offer, endpoint }: Pick<Running<Watching>, "offer" | "endpoint">, at: MakeContext) => ({
  container: containerOf(endpoint),
  port: endpoint.port,
  user: at.ownerEmail,
  password: at.secret(offer.password),
});

/** What each monitor of ours sends to a chat, in a stack that has a bot and a chat. */
export const uptimeKumaNotification = defineCapability<Watching, Chat>({
  name: "Uptime Kuma notification",
  when: "after",
  offerSecrets: ({ password }) => [password],
  requestSecrets: ({ bot, chat }) => [bot, chat],
  claims: () => ["notification"],
  make: ({ bot, chat, api }, { offer, host, connection, endpoint, ready, scope }, at) => {
    const [token, number] = [at.given(bot), at.given(chat)];
    if (token === undefined || number === undefined) return undefined;
    return new UptimeKumaNotification(
      `${host}/notification`,
      {
        connection,
        server: asOwner({ offer, endpoint }, at),
        name: "Telegram, kept by the deployment",
        // Its own kind for Telegram knows one server alone in the version of the lab (docs/decisions/from-outside.md).
        url: token.apply((value) => `${String(at.setting(api))}/bot${value}/sendMessage`),
        body: number.apply((value) => `{"chat_id": ${JSON.stringify(value)}, "text": {{ msg | json }} }`),
      },
      { parent: scope, dependsOn: [ready, ...at.earlier(uptimeKumaOwner)] },
    );
  },
});

/** A monitor for each site and smoke check of the whole platform, and for each job that tells how its runs ended. */
export const uptimeKumaMonitors = defineCapability<Watching, { of: "platform" }>({
  name: "Uptime Kuma monitors",
  when: "after",
  offerSecrets: ({ password, key }) => [password, ...(key === undefined ? [] : [key])],
  claims: () => ["monitors"],
  make: (_request, { offer, host, connection, endpoint, ready, scope }, at) => {
    const notifications = at.earlier(uptimeKumaNotification);
    const calls: { calls?: true } = notifications.length > 0 ? { calls: true } : {};
    const told = offer.key === undefined ? [] : watchedJobs(at.context);
    return new UptimeKumaMonitors(
      `${host}/monitors`,
      {
        connection,
        server: asOwner({ offer, endpoint }, at),
        monitors: monitorsOf(at.context).map((monitor) => ({ ...monitor, ...calls })),
        ...(offer.key === undefined || told.length === 0
          ? {}
          : {
              jobs: told.map((one) => ({ ...jobMonitor(one), ...calls })).sort(byName),
              tokens: tokensOf(told, at.secret(offer.key)),
            }),
      },
      { parent: scope, dependsOn: [ready, ...at.earlier(uptimeKumaOwner), ...notifications] },
    );
  },
});

const jobTitle = ({ job, host }: WatchedJob): string => `job ${job.name} on ${host}`;

const jobMonitor = (watched: WatchedJob) => ({ name: jobTitle(watched), interval: watched.patience, active: true });

const tokensOf = (told: readonly WatchedJob[], key: Output<string>): Output<Record<string, string>> =>
  key.apply((value) => Object.fromEntries(told.map((one) => [jobTitle(one), tokenOf(value, one.job.name)])));

const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);

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
  return [...each.values()].sort(byName);
}

const addressOf = (promised: Promised, domain: string): string => `${hostnameOf(promised, domain)}${promised.path}`;
