import { onEachContainer } from "./policy";

/** A container joins networks that its host has. */
export const knownNetworks = onEachContainer(({ run: { networks } }, { host }) =>
  networks
    .filter((network) => host.networks[network] === undefined)
    .map((network) => ({
      expected: "networks that its host has",
      found: `the unknown network ${network}`,
      mend: `use one of ${Object.keys(host.networks).join(", ")}`,
    })),
);
