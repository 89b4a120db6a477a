import type { z } from "zod";
import type { PlatformNames } from "./parse";
import { stackSchema } from "./schema";

interface Row {
  key: string;
  /** What the error says that it expects. */
  expected: string;
  byDefault: string;
  meaning: string;
}

/** What we read of a schema of zod's. */
interface Definition {
  type: string;
  innerType?: z.ZodType;
  out?: z.ZodType;
  options?: readonly z.ZodType[];
  shape?: Readonly<Record<string, z.ZodType>>;
  defaultValue?: unknown;
  valueType?: z.ZodType;
}

const definitionOf = (schema: z.ZodType): Definition => schema.def;

/** `docs/config.md`: every key of the `vpai:` namespace, from the schema that checks it and the settings of its services. */
export function configReference(platform: PlatformNames): string {
  const schema = stackSchema({
    ...platform,
    platforms: [platform.name],
    hosts: ["<host>"],
    services: ["<service>"],
    secrets: ["<secret>"],
    rotatable: ["<secret>"],
  });
  const rows = rowsOf(schema, "vpai:");
  return [
    "# Config",
    "",
    "Every key of `Pulumi.<stack>.yaml`, written by `make docs` from the schema in `config/schema.ts`. An unknown key is an",
    "error, and all errors come at once. Secrets are no config keys: [secrets.md](secrets.md).",
    "",
    ...rows.flatMap(({ key, expected, byDefault, meaning }) => [
      `## \`${key}\``,
      "",
      ...(meaning === "" ? [] : [meaning, ""]),
      `- Value: ${expected}`,
      `- Default: ${byDefault}`,
      "",
    ]),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

function rowsOf(schema: z.ZodType, key: string): Row[] {
  const { value, row } = unwrapped(schema, key);
  const { type, shape = {}, options = [], valueType } = definitionOf(value);
  if (valueType !== undefined) return [row, ...rowsOf(valueType, `${key}.<name>`).slice(1)];
  const parts = type === "object" ? [value] : type === "union" ? options : [];
  const inner = parts.flatMap((part) =>
    Object.entries(definitionOf(part).shape ?? shape).flatMap(([name, member]) =>
      rowsOf(member, key.endsWith(":") ? `${key}${name}` : `${key}.${name}`),
    ),
  );
  return key === "vpai:" ? inner : [row, ...inner.filter((one, index) => isFirst(one, index, inner))];
}

/** The kinds of a union share their first key; it is told once, at the union. */
const isFirst = ({ key }: Row, index: number, all: readonly Row[]): boolean =>
  all.findIndex((other) => other.key === key) === index;

/** The schema inside defaults, options and conversions of text, and what they say. */
function unwrapped(schema: z.ZodType, key: string): { value: z.ZodType; row: Row } {
  const row = {
    key,
    expected: expectedBy(schema),
    byDefault: "none, it must be set",
    meaning: schema.description ?? "",
  };
  let value = schema;
  for (;;) {
    const { type, innerType, out, defaultValue } = definitionOf(value);
    if (type === "default") row.byDefault = `\`${JSON.stringify(defaultValue)}\``;
    if (type === "optional" && row.byDefault.startsWith("none,")) row.byDefault = "not set";
    const inner = innerType ?? (type === "pipe" ? out : undefined);
    if (inner === undefined) return { value, row };
    value = inner;
  }
}

/** What a schema expects, in the words of the error that it gives. */
const expectedBy = (schema: z.ZodType): string => schema.safeParse(null).error?.issues[0]?.message ?? "";
