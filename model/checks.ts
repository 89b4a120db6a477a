import type { Exposure } from "./site";

/** How the engine sees that the program works; `test` runs in the container, without a shell. */
export interface HealthCheck {
  /** Program and arguments; exit code 0: it works. */
  test: readonly string[];
  /** Seconds. Default: 30. */
  interval?: number;
  /** Seconds. Default: 5. */
  timeout?: number;
  /** Seconds in which failures do not count. Default: 60. */
  startPeriod?: number;
  /** Failures in a row that make it unhealthy. Default: 3. */
  retries?: number;
}

/** How a unit shows that it works: by an HTTP answer, an open port, or a command on the host. */
type Probe =
  | {
      http: {
        port: number;
        path: string;
        /** Default: 200. */ status?: number;
        /** Default: 127.0.0.1. */ address?: string;
      };
    }
  | { tcp: { port: number; /** Default: 127.0.0.1. */ address?: string } }
  | { test: readonly string[] };

/** A probe, and how long it may take. */
export type UnitHealth = Probe & Pick<HealthCheck, "timeout">;

/** A request that a site must answer before an `up` has succeeded. */
export interface SmokeCheck extends Pick<Exposure, "subdomain" | "access"> {
  /** Absolute path, with a query where one is needed. */
  path: string;
  /** HTTP status of the right answer. */
  status: number;
  /** What the right answer's body holds. Default: anything. */
  contains?: string;
}

/** How a running program tells its version. */
export interface VersionCheck {
  /** Command in the container, or for a unit on the host, without a shell. */
  test: readonly string[];
  /** Regular expression over what it prints to stdout and stderr, whose first group is the version. */
  pattern: string;
}
