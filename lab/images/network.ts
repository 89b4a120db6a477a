import { run } from "../../toolchain/run";

/** Distributions that images are made from, as apt labels their main archives. */
type Distribution = "Debian" | "Ubuntu";

/**
 * The mirror of a distribution that this machine's own apt uses, or undefined when it uses none (as where the machine has the other
 * one): then debootstrap knows one.
 */
export async function mirrorOf(distribution: Distribution): Promise<string | undefined> {
  const format = "$(LABEL) $(REPO_URI)";
  const { stdout } = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  return mirrorAmong(stdout, distribution);
}

/** The first mirror of a distribution's main archive in lines of "label URI". */
export function mirrorAmong(targets: string, distribution: Distribution): string | undefined {
  const [, mirror] =
    targets
      .split("\n")
      .map((line) => line.split(" "))
      .find(([label, uri = ""]) => label === distribution && /^https?:/.test(uri)) ?? [];
  return mirror?.replace(/\/$/, "");
}

/**
 * What a build inside a container needs to know of this machine's network: proxies and the Python package index. The
 * client takes the values from its environment, so that credentials in them show up in no argument list.
 */
export async function buildEnvironment(): Promise<NodeJS.ProcessEnv> {
  const proxy =
    process.env["http_proxy"] ?? (await output("apt-config", ["dump", "--format", "%v", "Acquire::http::Proxy"]));
  const index = process.env["PIP_INDEX_URL"] ?? (await output("pip", ["config", "get", "global.index-url"]));
  return { ...(proxy ? { http_proxy: proxy } : {}), ...(index ? { PIP_INDEX_URL: index } : {}) };
}

/** Variables that a build takes over where this machine has them. */
const passedOn = ["http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"];

/** Arguments of `docker build` that name the variables of an environment which a build takes over. */
export const buildArguments = (env: NodeJS.ProcessEnv): string[] =>
  passedOn.filter((name) => env[name]).flatMap((name) => ["--build-arg", name]);

async function output(program: string, args: string[]): Promise<string | undefined> {
  const { code, stdout } = await run(program, args);
  return code === 0 ? stdout.trim() : undefined;
}
