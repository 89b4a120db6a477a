import type * as docker from "@pulumi/docker";
import { all, type Output } from "@pulumi/pulumi";
import { HealthGate } from "@vpai/providers";
import type { ContainerService, SecretsReload } from "../../model/service";
import type { SecretStore } from "../secret-store";
import { given, revisionOf, type WrittenFiles } from "../workload/files";
import { loginsOf, type Made, seen } from "./made";
import type { ContainerSpec } from "./spec";

/** The gate of a service: its program takes on changed files, and what needs it waits until it is healthy. */
export function healthGate(
  made: Made,
  service: ContainerService,
  container: docker.Container,
  { live, read }: WrittenFiles,
): HealthGate {
  const { resource, host, spec, place, parent } = made;
  const revision = revisionOf(read);
  const logins = loginsOf(host);
  return new HealthGate(
    `${resource}/health`,
    {
      connection: host.connection,
      ...place,
      containerId: container.id,
      image: spec.image,
      revision,
      networks: attachmentsOf(spec),
      ...seen(() => host.findings.of(spec)),
      ...(logins.length === 0 ? {} : { logins }),
      ...(read.length === 0 ? {} : { ...onChange(made, service, revision), given: given(spec, host) }),
    },
    { parent, dependsOn: [container, ...live, ...read] },
  );
}

/** How the program takes on changed files; a preview names what happens by the property that changes. */
function onChange(
  { host, place, spec }: Made,
  { name, onChange: how = "restart" }: ContainerService,
  revision: Output<string>,
) {
  const secrets = `${host.folder}/secrets/${name}`;
  const folders = [place.configs, secrets];
  if (how !== "restart" && "reload" in how) return { reload: { revision, folders, command: [...how.reload] } };
  const restart = { revision, folders, timeout: spec.stopTimeout };
  if (how === "restart") return { restart };
  const { command, ...login } = how.reloadSecrets;
  const stdin = linesOf(login, host.secrets);
  return { restart, reload: { revision, folders: [secrets], command: [...command], stdin } };
}

/** A line for each value of a secret that may be in force. */
function linesOf({ login, line }: Omit<SecretsReload, "command">, secrets: SecretStore): Output<string> {
  const before = secrets.before(login);
  const values = [secrets.require(login), ...(before === undefined ? [] : [before])];
  return all(values).apply((known) => known.map((value) => `${line(value)}\n`).join(""));
}

/** Networks and the container's names there; on none, the engine says so by a network of that name. */
const attachmentsOf = ({ networks, hostname }: ContainerSpec): Record<string, string[]> =>
  networks.length === 0 ? { none: [] } : Object.fromEntries(networks.map((network) => [network, [hostname]]));
