import { implement } from "./implementation";
import { dockerHostKind } from "./resources/docker-host";
import { healthGateKind } from "./resources/health-gate";
import { liteLlmKeyKind } from "./resources/litellm-key";
import { n8nWorkflowKind } from "./resources/n8n-workflow";
import { postgresDatabaseKind } from "./resources/postgres-database";
import { qdrantCollectionKind } from "./resources/qdrant-collection";
import { remoteDirectoryKind } from "./resources/remote-directory";
import { remoteFileKind } from "./resources/remote-file";
import { smokeChecksKind } from "./resources/smoke-checks";
import { sshKeyKind } from "./resources/ssh-key";

export { DockerHost } from "./resources/docker-host";
export { HealthGate } from "./resources/health-gate";
export { LiteLlmKey } from "./resources/litellm-key";
export { N8nWorkflow } from "./resources/n8n-workflow";
export { PostgresDatabase } from "./resources/postgres-database";
export { QdrantCollection } from "./resources/qdrant-collection";
export { RemoteDirectory } from "./resources/remote-directory";
export { RemoteFile } from "./resources/remote-file";
export { SmokeChecks } from "./resources/smoke-checks";
export { SshKey } from "./resources/ssh-key";
export { conditionOf, type Container, inspectContainer } from "./docker/container";
export type { Place } from "./docker/last-healthy";
export { PREVIOUS_LABEL } from "./docker/last-healthy";
export { removeLeftover } from "./docker/leftovers";
export { restoreAfterFailedCreation } from "./docker/rollback";
export { LocalRunner } from "./local-runner";
export { type Connection, sshOptions } from "./ssh/connection";
export { commandLine } from "./ssh/quote";
export type { Definition } from "./n8n/workflow";
export type { ProgramVersion } from "./smoke/versions";
export type { Reachability } from "./smoke/reachability";
export type { SiteRequest } from "./smoke/requests";
export { type CommandRunner, type Transport, transportTo } from "./ssh/transport";

/** By the names that {@link delegate} is called with. */
export const implementations = {
  dockerHost: implement(dockerHostKind),
  healthGate: implement(healthGateKind),
  liteLlmKey: implement(liteLlmKeyKind),
  n8nWorkflow: implement(n8nWorkflowKind),
  postgresDatabase: implement(postgresDatabaseKind),
  qdrantCollection: implement(qdrantCollectionKind),
  remoteDirectory: implement(remoteDirectoryKind),
  remoteFile: implement(remoteFileKind),
  smokeChecks: implement(smokeChecksKind),
  sshKey: implement(sshKeyKind),
};
