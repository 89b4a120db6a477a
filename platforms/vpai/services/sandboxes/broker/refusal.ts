/** What a client is told instead of being served. */
export class Refusal extends Error {
  readonly status: number;

  /** @param status of the HTTP answer: 403 for what nobody may, 404 for what is not there, 409 for what is not possible now */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A refusal of what no sandbox may have. */
export const forbidden = (expected: string, found: unknown): Refusal =>
  new Refusal(403, `sandbox refused: expected ${expected}, found ${JSON.stringify(found) ?? "nothing"}`);
