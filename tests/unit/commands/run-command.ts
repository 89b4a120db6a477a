/** How a command of the project ended. */
export interface Ended {
  code: unknown;
  out: string;
  err: string;
}

/** Loads a file of `commands/`, as `make` runs it, and waits for its end. @param env variables that `make` sets */
export async function runCommand(name: string, env: Record<string, string> = {}): Promise<Ended> {
  const before = { env: { ...process.env }, exitCode: process.exitCode };
  const [out, err]: [string[], string[]] = [[], []];
  const spies = [
    jest.spyOn(console, "log").mockImplementation((text: string) => void out.push(text)),
    jest.spyOn(console, "error").mockImplementation((text: string) => void err.push(text)),
  ];
  Object.assign(process.env, env);
  process.exitCode = undefined;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a command runs when it is loaded
    jest.isolateModules(() => void require(`../../../commands/${name}`));
    while (process.exitCode === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    return { code: process.exitCode, out: out.join("\n"), err: err.join("\n") };
  } finally {
    process.exitCode = before.exitCode;
    for (const variable of Object.keys(env)) delete process.env[variable];
    Object.assign(process.env, before.env);
    spies.forEach((spy) => spy.mockRestore());
  }
}
