/** Pulumi's marks on values that travel to the engine (sdk/proto, "special signatures"). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isSecret = (value: unknown): value is { value: unknown } => isObject(value) && value[SIGNATURE] === SECRET;

const mapped = (value: unknown, onSecret: (secret: unknown) => unknown): unknown => {
  if (isSecret(value)) return onSecret(value.value);
  if (Array.isArray(value)) return value.map((member) => mapped(member, onSecret));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapped(member, onSecret)]));
};

/** A value as it is, secrets laid open. */
export const plainOf = (value: unknown): unknown => mapped(value, plainOf);

/** A value as a diff shows it. */
export const maskedOf = (value: unknown): unknown => mapped(value, () => "[secret]");

/** Paths of the values that are marked secret, e.g. `server.password`. */
export function secretsOf(value: unknown, path = ""): string[] {
  if (isSecret(value)) return [path];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => secretsOf(member, path === "" ? key : `${path}.${key}`));
}
