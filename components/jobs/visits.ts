import { all, interpolate, type Output, type Resource } from "@pulumi/pulumi";
import { AuthorizedKey, type Connection, RemoteFile, SshKey } from "@vpai/providers";
import type { ServiceContext } from "../../model/context";
import type { ConfigFile } from "../../model/files";
import { type Job, type Visit, type Visits, VISITS_KEY } from "../../model/job";
import { visitorName } from "../../model/visits";
import type { HostContext } from "../host-context";

/** A host as a job of another one, or of itself, visits it. */
export interface Visited {
  /** Opens when the host answers. */
  connection: Output<Connection>;
  /** How to log in, whether it answers or not. */
  login: Output<Connection>;
  /** Address in the VPN; undefined: it is none of its nodes. */
  vpnAddress: string | undefined;
  /** Folder of the platform there. */
  folder: string;
  /** First part of the names of its containers. */
  prefix: string;
  parent: Resource;
}

/** The hosts of a stack, by name. @throws for one that is not there */
export type VisitedHosts = (name: string) => Visited;

/** Whose visits they are. */
interface Visitor {
  host: HostContext;
  context: ServiceContext;
  parent: Resource;
  hosts: VisitedHosts;
}

/** A job that knows how the hosts that it visits are logged in to, and the files that it has for that. */
interface Visiting {
  known: Job;
  files: readonly RemoteFile[];
}

/** Lets a job in on the hosts that it visits, by a key that is for its command there alone. */
export function visiting(job: Job, visitor: Visitor): Visiting {
  const { visits, files } = job;
  if (visits === undefined) return { known: job, files: [] };
  const { host, context, parent, hosts } = visitor;
  const own = `${host.owner.host}/job/${job.name}`;
  const comment = visitorName(job, host.owner.host);
  const key = new SshKey(`${own}/key`, { comment }, { parent });
  const visited = visits.to(context).map((visit) => ({ visit, at: hosts(visit.host) }));
  for (const { visit, at } of visited) admit(job, { visit, at, comment, publicKey: key.publicKey });
  return {
    known: { ...job, files: (given) => [...(files?.(given) ?? []), ...configOf(visits, visited)] },
    files: [keyFile(own, key, visitor, job)],
  };
}

const admit = (
  { name }: Job,
  { visit, at, comment, publicKey }: { visit: Visit; at: Visited; comment: string; publicKey: Output<string> },
): AuthorizedKey =>
  new AuthorizedKey(
    `${visit.host}/visitor/${name}`,
    {
      connection: at.connection,
      user: at.login.user,
      comment,
      publicKey,
      command: visit.command.map((argument) => placed(argument, at)),
    },
    { parent: at.parent },
  );

const placed = (argument: string, { folder, prefix }: Visited): string =>
  argument.replaceAll("{folder}", folder).replaceAll("{prefix}", prefix);

const keyFile = (own: string, { privateKey }: SshKey, { host, parent }: Visitor, { name }: Job): RemoteFile =>
  new RemoteFile(
    `${own}/secret/${VISITS_KEY}`,
    {
      connection: host.connection,
      path: `${host.folder}/secrets/${name}/${VISITS_KEY}`,
      content: privateKey,
      owner: "0:0",
      mode: "0400",
    },
    { parent, hooks: host.beforeChange },
  );

/** How OpenSSH logs in to each host, under its own name: what it is called elsewhere may change, and its key is the same. */
function configOf({ folder }: Visits, visited: readonly { visit: Visit; at: Visited }[]): ConfigFile[] {
  const logins = visited.map(({ visit, at }) => at.login.apply((login) => hostBlock(visit.host, at, login)));
  const keys = visited.map(({ visit, at }) => interpolate`${visit.host} ${at.login.hostKey}`);
  return [
    { path: `${folder}/config`, content: lines(all([common(folder), ...logins])) },
    { path: `${folder}/known_hosts`, content: lines(all(keys)) },
  ];
}

const lines = (texts: Output<string[]>): Output<string> =>
  texts.apply((known) => known.map((text) => `${text}\n`).join(""));

const common = (folder: string): string =>
  [
    "Host *",
    "  BatchMode yes",
    "  StrictHostKeyChecking yes",
    `  UserKnownHostsFile ${folder}/known_hosts`,
    "  IdentitiesOnly yes",
    `  IdentityFile /run/secrets/${VISITS_KEY}`,
    // A host that is off is noticed soon, one that falls silent within a minute.
    "  ConnectTimeout 20",
    "  ServerAliveInterval 15",
    "  ServerAliveCountMax 4",
  ].join("\n");

const hostBlock = (name: string, { vpnAddress }: Visited, { host, port, user }: Connection): string =>
  [
    `Host ${name}`,
    `  HostName ${vpnAddress ?? host}`,
    `  Port ${port}`,
    `  User ${user}`,
    `  HostKeyAlias ${name}`,
  ].join("\n");
