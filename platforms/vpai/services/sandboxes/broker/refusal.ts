/** What a client is told instead of being served. */
export class Refusal extends Error {
  readonly status: number;

  /** @param status of the HTTP answer: 403 for what nobody may, 404 for what is not there, 409 for what is not possible now */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Characters of what a client sent that a refusal shows. */
const LONGEST = 200;

/** A refusal of what no sandbox may have. */
export function forbidden(expected: string, found: unknown): Refusal {
  const text = JSON.stringify(found) ?? "nothing";
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return new Refusal(403, `sandbox refused: expected ${expected}, found ${shown}`);
}
