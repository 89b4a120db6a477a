/** Names the hosts that a run leaves as they are, with blanks between them. It holds for one run, as nothing keeps it. */
export const LEFT_HOSTS = "VPAI_LEFT_HOSTS";

/** The hosts that a run leaves as they are. */
export const leftHosts = (env: NodeJS.ProcessEnv = process.env): ReadonlySet<string> =>
  new Set((env[LEFT_HOSTS] ?? "").split(" ").filter((name) => name !== ""));
