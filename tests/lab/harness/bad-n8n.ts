import { askedDuring } from "./client";
import type { LabHost } from "./host";
import type { Lab } from "./lab";
import { admitUnknownImages, pushVariant } from "./variants";

/** The version of n8n that serves before a bad one is tried. */
const GOOD = "docker.io/n8nio/n8n:2.7.3";
export const HEALTH = "https://mayi.vpai.test/healthz";
/** The label of a container that serves in place of a bad version. */
export const PREVIOUS = "dev.vpai.previous";
export const SERVES = `The previous version (image ${GOOD}) serves again.`;
export const FAILED_LOG = /Its last 30 log lines:\n\s+the bad version/;

/** Milliseconds that a bad version may take: 20 looks, its stop timeout, and the start of the one before. */
export const GATE = 480_000;

/** A program in place of n8n, on its port; what it answers shows in its log. */
const answering = (status: string): string[] => [
  ...["tini", "--", "node", "-e"],
  `const began = Date.now();
   require("http").createServer((request, response) => {
     response.statusCode = ${status};
     console.log("the bad version answers " + response.statusCode);
     response.end();
   }).listen(5678);`,
];
const BAD = {
  unhealthy: answering("503"),
  flapping: answering("Date.now() - began < 8000 ? 200 : 503"),
  crashing: ["tini", "--", "sh", "-c", "echo the bad version gives up; sleep 1; exit 7"],
};

/** Versions of n8n that are no good, each in its own way, in a lab's registry. */
export class BadN8n {
  private constructor(
    readonly lab: Lab,
    readonly host: LabHost,
    /** The id of the good version's image. */
    readonly goodImage: string,
  ) {}

  static async in(lab: Lab, ...kinds: (keyof typeof BAD)[]): Promise<BadN8n> {
    const host = await lab.host("sese-ai");
    for (const kind of kinds) {
      await pushVariant("n8n", `127.0.0.1:${lab.identity.registryPort}/n8nio/n8n:2.7.3-${kind}`, BAD[kind]);
    }
    admitUnknownImages(lab);
    return new BadN8n(lab, host, (await host.container("vpai_n8n")).Image);
  }

  /** Asks for a bad n8n, with a client before it. @returns what the failed `up` said */
  async up(kind: keyof typeof BAD): Promise<string> {
    await this.lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.n8n.image", `${GOOD}-${kind}`]);
    const began = Date.now();
    const { seen, result } = await askedDuring(this.host, HEALTH, () => this.lab.make("up"));
    const seconds = Math.round((Date.now() - began) / 1000);
    console.log(`${kind} n8n: up took ${seconds} s; ${seen.bad.length} of ${seen.asked} requests of a client failed`);
    expect(result.code).not.toBe(0);
    expect(seen.asked).toBeGreaterThan(10);
    return result.all;
  }

  async expectPreviousServes(): Promise<void> {
    const serving = await this.host.container("vpai_n8n");
    expect(serving).toMatchObject({ Image: this.goodImage, State: { Health: { Status: "healthy" } } });
    expect(serving.Config.Labels[PREVIOUS]).toBe(GOOD);
    const { seen } = await askedDuring(this.host, HEALTH, () => new Promise((resolve) => setTimeout(resolve, 2000)));
    expect(seen.bad).toEqual([]);
  }
}
