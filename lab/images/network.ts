import { run } from "../../toolchain/run";

/**
 * The mirror of Debian that this machine's own apt uses, or undefined when it uses none (an Ubuntu machine): then
 * debootstrap knows one.
 */
export async function debianMirror(): Promise<string | undefined> {
  const format = "$(LABEL) $(REPO_URI)";
  const { stdout } = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  return mirrorAmong(stdout);
}

/** The first mirror of Debian's main archive in lines of "label URI". */
export function mirrorAmong(targets: string): string | undefined {
  return /^Debian (https?:\S+)$/m.exec(targets)?.[1]?.replace(/\/$/, "");
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
