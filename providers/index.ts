import { implement } from "./implementation";
import { dockerHostKind } from "./resources/docker-host";
import { healthGateKind } from "./resources/health-gate";
import { postgresDatabaseKind } from "./resources/postgres-database";
import { remoteDirectoryKind } from "./resources/remote-directory";
import { remoteFileKind } from "./resources/remote-file";
import { sshKeyKind } from "./resources/ssh-key";

export { DockerHost } from "./resources/docker-host";
export { HealthGate } from "./resources/health-gate";
export { PostgresDatabase } from "./resources/postgres-database";
export { RemoteDirectory } from "./resources/remote-directory";
export { RemoteFile } from "./resources/remote-file";
export { SshKey } from "./resources/ssh-key";
export { conditionOf, inspectContainer } from "./docker/container";
export { removeLeftover } from "./docker/leftovers";
export { LocalRunner } from "./local-runner";
export { type Connection, sshOptions } from "./ssh/connection";
export { commandLine } from "./ssh/quote";
export { type CommandRunner, transportTo } from "./ssh/transport";

/** By the names that {@link delegate} is called with. */
export const implementations = {
  dockerHost: implement(dockerHostKind),
  healthGate: implement(healthGateKind),
  postgresDatabase: implement(postgresDatabaseKind),
  remoteDirectory: implement(remoteDirectoryKind),
  remoteFile: implement(remoteFileKind),
  sshKey: implement(sshKeyKind),
};
