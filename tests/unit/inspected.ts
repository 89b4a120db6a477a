import type { Container } from "../../providers/docker/container";

/** What a test says of a container. */
type Told = Partial<Omit<Container, "State" | "NetworkSettings">> & {
  State?: Partial<Container["State"]>;
  networks?: Record<string, { IPAddress?: string; Aliases?: string[] | undefined }>;
};

/** A container as `docker container inspect` describes it: what a test says of it, and all that Docker says besides. */
export const inspected = ({ State = {}, networks = {}, ...others }: Told): Container => ({
  ...{ Id: "c0ffee", Name: "/vpai_n8n", Image: "sha256:1", Created: "2026-01-01T00:00:00Z", RestartCount: 0 },
  Config: { Labels: null },
  HostConfig: { NetworkMode: "bridge" },
  ...others,
  State: { ...{ Status: "running", StartedAt: "2026-01-01T00:00:01Z", Pid: 0, ExitCode: 0 }, ...State },
  NetworkSettings: {
    Networks: Object.fromEntries(
      Object.entries(networks).map(([name, { IPAddress = "", Aliases = null }]) => [name, { IPAddress, Aliases }]),
    ),
  },
});
