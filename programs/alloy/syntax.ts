/** Text that Alloy evaluates, such as the name of another component's export. */
export class Expression {
  constructor(readonly text: string) {}
}

/** What an attribute of Alloy's configuration can hold. */
export type Value = string | number | boolean | Expression | readonly Value[] | { readonly [key: string]: Value };

/** A block of Alloy's configuration: a component, or a part of one. */
export interface Block {
  /** Its name, e.g. `prometheus.scrape`. */
  type: string;
  /** Tells components of one type apart. */
  label?: string;
  attributes?: Readonly<Record<string, Value>>;
  blocks?: readonly Block[];
}

/** Names of attributes, labels and, with dots between them, blocks. */
const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** Half of a character outside the basic plane, which no UTF-8 text can hold. */
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/**
 * Blocks as text of Alloy's configuration language.
 * @throws when a name is no identifier, or a text or number has no form in the language
 */
export const alloySyntax = (blocks: readonly Block[]): string => blocks.map((block) => blockText(block, "")).join("\n");

function blockText({ type, label, attributes = {}, blocks = [] }: Block, indent: string): string {
  for (const part of type.split(".")) identifier(part);
  const head = label === undefined ? type : `${type} "${identifier(label)}"`;
  const inner = `${indent}\t`;
  return [
    `${indent}${head} {\n`,
    ...Object.entries(attributes).map(([name, value]) => `${inner}${identifier(name)} = ${valueText(value, inner)}\n`),
    ...blocks.map((block) => blockText(block, inner)),
    `${indent}}\n`,
  ].join("");
}

function valueText(value: Value, indent: string): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === "string") return textLiteral(value);
  if (typeof value === "number") return numberLiteral(value);
  if (typeof value === "boolean") return String(value);
  if (isList(value))
    return enclosed(
      "[",
      value.map((item) => valueText(item, `${indent}\t`)),
      "]",
      indent,
    );
  const entries = Object.entries(value);
  return enclosed(
    "{",
    entries.map(([key, item]) => `${textLiteral(key)} = ${valueText(item, `${indent}\t`)}`),
    "}",
    indent,
  );
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Each item on a line of its own, with the comma that the language wants before a line's end. */
const enclosed = (open: string, items: readonly string[], close: string, indent: string): string =>
  items.length === 0
    ? open + close
    : `${open}\n${items.map((item) => `${indent}\t${item},\n`).join("")}${indent}${close}`;

/** JSON's escapes are among those of Go, which are Alloy's. */
function textLiteral(value: string): string {
  if (LONE_SURROGATE.test(value))
    throw new Error(`Alloy's configuration: expected well-formed text, found ${JSON.stringify(value)}`);
  return JSON.stringify(value);
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`Alloy's configuration: expected a finite number, found ${value}`);
  return String(value);
}

function identifier(name: string): string {
  if (!IDENTIFIER.test(name))
    throw new Error(`Alloy's configuration: expected letters, digits and _ in a name, found ${JSON.stringify(name)}`);
  return name;
}
