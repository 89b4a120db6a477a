import type { Duplex } from "node:stream";
import { lookUntil } from "../../model/look-until";
import { ENGINE_AWAY } from "../ssh/engine-away";
import { failureOf } from "../ssh/failure";
import type { Answer, RunOptions } from "../ssh/transport";
import type { EngineHost } from "./engine/api";

/** How often an engine which is being restarted is asked again: for two minutes. */
const RETRY = { looks: 61, pause: 2000 };

/** Names the engine's process, without a look at any clock: the boot, the process, its start in ticks since the boot. */
const ENGINE = `cat /proc/sys/kernel/random/boot_id
pid=$(cat /run/docker.pid 2>/dev/null || pidof -s dockerd) && cut -d ' ' -f 1,22 "/proc/$pid/stat"`;

/** A host whose engine may be restarted at any moment: what does not reach it is asked again once it is back. */
export class RetryingHost implements EngineHost {
  constructor(private readonly host: EngineHost) {}

  get name(): string {
    return this.host.name;
  }

  run(argv: readonly string[], options: RunOptions = {}): Promise<Answer> {
    return lookUntil(
      () => this.host.run(argv, options),
      ({ code, stderr }) => code === 0 || !ENGINE_AWAY.test(stderr),
      RETRY,
    );
  }

  async output(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const answer = await this.run(argv, options);
    if (answer.code !== 0) throw await failureOf(this, argv, answer);
    return answer.stdout;
  }

  exchange<T>(argv: readonly string[], use: (stream: Duplex) => Promise<T>): Promise<T> {
    return this.host.exchange(argv, use);
  }
}

/** A text that is another one once the engine was restarted, or its host. It is the same where nothing can be told. */
export async function engineOf(host: EngineHost): Promise<string> {
  return (await host.run(["sh", "-c", ENGINE])).stdout;
}
