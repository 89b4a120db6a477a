import type { Answer } from "./engine.ts";

/** A JSON object, as far as nobody has looked into it. */
type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const misfit = (what: string, expected: string): Error =>
  new Error(`expected ${what} with ${expected}, found another form: compare the engine's version with the platform's`);

function read({ body }: Answer, what: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Error(
      `expected ${what}, found ${body === "" ? "nothing" : `${body.length} characters that are no JSON`}`,
    );
  }
}

/** The object that the engine answered with. @param what it is, for the error, which quotes nothing of it */
export function objectIn(answer: Answer, what: string): Json {
  const found = read(answer, what);
  if (!isObject(found)) throw misfit(what, "an object");
  return found;
}

/** A member of an object that is a text. @param what the object is, for the error */
export function textIn(object: unknown, member: string, what: string): string {
  const found = isObject(object) ? object[member] : undefined;
  if (typeof found !== "string") throw misfit(what, `a text in ${member}`);
  return found;
}

/** The engine's ids of what it lists. */
export function idsIn(answer: Answer, what: string): string[] {
  const found = read(answer, what);
  if (!Array.isArray(found)) throw misfit(what, "a list");
  return found.map((one: unknown) => textIn(one, "Id", what));
}
