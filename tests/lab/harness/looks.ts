import { createHash, createHmac } from "node:crypto";
import { llmKey } from "../../../capabilities/litellm-key";
import { uptimeKumaOwnerKind } from "../../../providers/resources/uptime-kuma-owner";
import { transportTo } from "../../../providers/ssh/transport";
import type { LabHost } from "./host";
import { authorityOf, get } from "./site";
import { kumaSql } from "./uptime-kuma";

/** Whether a program of the lab has, or lets in, a value of a secret: by other means than the commands' own. No value is an argument on a host. */
export type Look = (value: string) => Promise<boolean>;

/** The three hosts of a lab of all services. */
export interface Hosts {
  sese: LabHost;
  hub: LabHost;
  pi: LabHost;
}

/** Programs that let in whoever shows a value. */
export class Logins {
  constructor(private readonly hosts: Hosts) {}

  /** Whether a role of PostgreSQL is let in over TCP, where the password has to be proved. */
  role(role: string, database = role): Look {
    const query = `PGPASSWORD=$(cat) psql -h 127.0.0.1 -U ${role} -d ${database} -tAc "SELECT 1"`;
    return this.inside("vpai_postgresql", query);
  }

  redis(container: string): Look {
    return this.inside(container, 'redis-cli -e --no-auth-warning -a "$(cat)" ping');
  }

  litellm(path = "/models"): Look {
    return (value) => this.admits("sese", { container: "vpai_litellm", port: 4000, path }, bearer(llmKey(value)));
  }

  qdrant(): Look {
    const place = { container: "vpai_qdrant", port: 6333, path: "/collections" };
    return (value) => this.admits("sese", place, [`header = "api-key: ${value}"`]);
  }

  couchdb(user: string): Look {
    const place = { container: "vpn_couchdb", port: 5984, path: "/_session" };
    return (value) => this.admits("hub", place, [`user = "${user}:${value}"`]);
  }

  /** The owner of n8n, who gets five tries in five minutes. */
  n8n(): Look {
    const place = { container: "vpai_n8n", port: 5678, path: "/rest/login" };
    return (password) => this.admits("sese", place, posted({ emailOrLdapLoginId: "owner@vpai.test", password }));
  }

  nocodb(): Look {
    const place = { container: "vpai_nocodb", port: 8080, path: "/api/v1/auth/user/signin" };
    // It calls a wrong password a bad request.
    return (password) => this.admits("sese", place, posted({ email: "owner@vpai.test", password }), ["400", "401"]);
  }

  uptimeKuma(): Look {
    const place = { connection: this.hosts.hub.connection, server: { container: "vpn_uptime-kuma", port: 3001 } };
    return async (password) =>
      (await uptimeKumaOwnerKind.observe({ ...place, user: "owner@vpai.test", password })) !== undefined;
  }

  /** A program of the workstation. @param how curl's configuration has the login */
  onPi(place: Place, how: (value: string) => string[]): Look {
    return (value) => this.admits("pi", place, how(value));
  }

  /** The way in for other hosts' figures. */
  ingest(): Look {
    return async (value) => {
      const url = `https://collector:${value}@ingest.vpai.test/api/v1/write`;
      return (await get(this.hosts.sese, url, await authorityOf(this.hosts.sese))).status !== 401;
    };
  }

  /** The gateway before Zerobyte's page. */
  zerobyteGateway(): Look {
    const name = "backups.vpai.test";
    return async (value) => {
      const { hub } = this.hosts;
      const place = ["--resolve", `${name}:443:${hub.publicAddress}`, `https://${name}/`];
      return !["401", "403"].includes(await statusOf(hub, place, [`user = "owner:${value}"`]));
    };
  }

  private inside(container: string, script: string): Look {
    return async (value) => {
      const argv = ["docker", "exec", "-i", container, "sh", "-c", script];
      return (await onHost(this.hosts.sese, argv, value)).code === 0;
    };
  }

  /**
   * Asks a program from its host.
   * @param lines of curl's configuration, which it reads from standard input
   * @param no statuses that say no
   * @throws where it says neither yes nor no
   */
  private async admits(on: keyof Hosts, place: Place, lines: string[], no = ["401", "403"]): Promise<boolean> {
    const host = this.hosts[on];
    const { container, port, path } = place;
    const address = container === undefined ? "127.0.0.1" : await addressOf(host, container);
    return !no.includes(await statusOf(host, [`http://${address}:${port}${path}`], lines));
  }
}

/** Over one connection for all of them: clients ask often. */
const onHost = (host: LabHost, argv: readonly string[], stdin: string) =>
  transportTo(host.connection).run(argv, { stdin });

/**
 * The status that a program answers with.
 * @param lines of curl's configuration, which it reads from standard input
 * @throws where that is neither yes nor no
 */
async function statusOf(host: LabHost, args: readonly string[], lines: readonly string[]): Promise<string> {
  const argv = ["curl", "-sk", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", "--config", "-", ...args];
  const { stdout } = await onHost(host, argv, `${lines.join("\n")}\n`);
  if (/^(000|429|5)/.test(stdout)) throw new Error(`${args.at(-1) ?? ""} answered ${stdout}`);
  return stdout;
}

/** Where a program answers. */
interface Place {
  /** Default: the host itself. */
  container?: string;
  port: number;
  path: string;
}

async function addressOf(host: LabHost, container: string): Promise<string> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
  const [address = ""] = (await host.docker("container", "inspect", "--format", format, container)).split(" ");
  return address;
}

export const bearer = (token: string): string[] => [`header = "authorization: Bearer ${token}"`];

/** As curl's configuration has a text: in quotation marks, with a backslash before each of its own. */
export const posted = (body: object): string[] => [
  'header = "content-type: application/json"',
  `data = "${JSON.stringify(body).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
];

/**
 * Whether a program was started with a value: in the environment of a process of its container, or in a file of secrets that is no newer than
 * its start. It looks as the program's own user: root has no more rights there.
 */
export const startedWith =
  (host: LabHost, container: string): Look =>
  async (value) => {
    const read = `cat /proc/[0-9]*/environ 2>/dev/null; find /run/secrets -type f ! -newer /proc/1 -exec cat {} +; true`;
    return (await host.docker("exec", container, "sh", "-c", read)).includes(value);
  };

/** Milliseconds for which one export of n8n's credentials serves all who look: it takes a while, and every rotation longer. */
const FRESH = 60_000;

/** Whether n8n has a value in one of its credentials. */
export function inCredentials(host: LabHost): Look {
  let exported: { at: number; text: Promise<string> } | undefined;
  return async (value) => {
    if (exported === undefined || Date.now() - exported.at > FRESH) {
      const text = host.docker("exec", "vpai_n8n", "n8n", "export:credentials", "--all", "--decrypted");
      exported = { at: Date.now(), text };
    }
    return (await exported.text).includes(value);
  };
}

/**
 * Whether a host has a value where a program finds it that reads it anew each time, or that runs on demand.
 * @param kept what is written of the value
 */
export const inFiles =
  (host: LabHost, service: string, kept = (value: string): string => value): Look =>
  async (value) =>
    (await host.output(["sh", "-c", 'cat /opt/*/secrets/"$1"/*', "sh", service])).includes(kept(value));

/** A password as the lists of Redis and Valkey have it. */
export const sha256 = (value: string): string => createHash("sha256").update(value).digest("hex");

/** Whether Uptime Kuma knows the backup of Sese-AI by the value: by the first 32 digits of an HMAC of the job's name. */
export const inPushMonitors =
  (hub: LabHost): Look =>
  async (value) => {
    const token = createHmac("sha256", value).update("backup-sese-ai").digest("hex").slice(0, 32);
    return (await kumaSql(hub, `SELECT 1 FROM monitor WHERE push_token = '${token}'`)).length === 1;
  };
