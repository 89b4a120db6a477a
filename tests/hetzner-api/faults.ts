import { ApiError } from "./errors";

/** What goes wrong with one request, or several. */
export interface Fault {
  /** Method and path below `/v1`, such as `POST /servers`; `*` stands for an id. */
  request: string;
  status: number;
  /** The API's own word for it. Without, the answer is a gateway's: no JSON. */
  code?: string;
  message?: string;
  details?: unknown;
  /** How often. Default: once. */
  times?: number;
  /** Whether the request is carried out all the same, so that only its answer is lost. Default: false. */
  carriedOut?: boolean;
}

/** A gateway's answer, which is not the API's own. */
export class GatewayError extends Error {
  constructor(readonly status: number) {
    super(`<html><body><h1>${status}</h1></body></html>`);
  }
}

/** The faults that are still to come. */
export class Faults {
  private planned: (Fault & { left: number })[] = [];

  plan(...faults: Fault[]): void {
    this.planned.push(...faults.map((fault) => ({ ...fault, left: fault.times ?? 1 })));
  }

  /** Faults that no request has met. */
  left(): Fault[] {
    return this.planned;
  }

  clear(): void {
    this.planned = [];
  }

  /** The fault of a request, which is then used up once. */
  take(request: string): Fault | undefined {
    const fault = this.planned.find((planned) => planned.request === request);
    if (fault !== undefined && --fault.left === 0) this.planned = this.planned.filter((other) => other !== fault);
    return fault;
  }
}

export const errorOf = ({ status, code, message, details }: Fault): Error =>
  code === undefined
    ? new GatewayError(status)
    : new ApiError(status, code, message ?? `the API says ${code}`, details);
