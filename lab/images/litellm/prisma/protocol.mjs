import { Kind, parse } from "graphql";

/**
 * Prisma's Python client speaks the engine's GraphQL protocol, the WebAssembly engine its JSON protocol. Both say the
 * same of the same schema; these functions turn the one into the other.
 */

const rawActions = ["queryRaw", "executeRaw"];
const modelActions =
  /^(?<action>findUnique|findFirst|findMany|createOne|createMany|updateOne|updateMany|deleteOne|deleteMany|upsertOne|aggregate|groupBy)(?<model>.+?)(?<orThrow>OrThrow)?$/;

/** The types of the fields of each model in the text of a schema: a scalar's name, or another model's. */
export function readModels(schema) {
  const models = [...schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)];
  return new Map(models.map(([, name, body]) => [name, new Map(fieldsOf(body))]));
}

const fieldsOf = (body) => [...body.matchAll(/^[ \t]+(\w+)[ \t]+(\w+)/gm)].map(([, name, type]) => [name, type]);

/**
 * @param {string} document a GraphQL document with one operation of one field
 * @param models the schema's, see readModels
 * @returns the same request in the JSON protocol
 */
export function toJsonRequest(document, models) {
  const field = parse(document).definitions[0].selectionSet.selections[0];
  const name = field.name.value;
  const parts = rawActions.includes(name) ? { action: name } : modelActions.exec(name)?.groups;
  if (parts === undefined) throw new Error(`expected an operation of Prisma's GraphQL protocol, found "${name}"`);
  const query = requestOf(field, parts.model, models);
  return { action: `${parts.action}${parts.orThrow ?? ""}`, modelName: parts.model, query };
}

function requestOf(field, model, models) {
  const given = field.arguments.map(({ name, value }) => [name.value, plain(value, model, models)]);
  const wanted = field.selectionSet?.selections ?? [];
  const selection = wanted.map((child) => [child.name.value, selected(child, typeOf(child, model, models), models)]);
  return { arguments: Object.fromEntries(given), selection: Object.fromEntries(selection) };
}

const selected = (field, model, models) => (field.selectionSet === undefined ? true : requestOf(field, model, models));

const typeOf = ({ name }, model, models) => models.get(model)?.get(name.value);

/** A value as JSON; `model` is the one whose fields an object's keys are, for Json fields are written in another way. */
function plain(node, model, models) {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((each) => plain(each, model, models));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, member(field, model, models)]));
    case Kind.INT:
      return Number.isSafeInteger(Number(node.value)) ? Number(node.value) : { $type: "BigInt", value: node.value };
    case Kind.FLOAT:
      return Number(node.value);
    default:
      return node.value;
  }
}

function member(field, model, models) {
  const type = typeOf(field, model, models);
  if (type === "Json") return json(field.value);
  return plain(field.value, models.has(type) ? type : model, models);
}

/** What is given for a Json field: JSON text, or an operation with JSON texts, which both need a tag. */
function json(node) {
  if (node.kind === Kind.STRING) return { $type: "Json", value: node.value };
  if (node.kind === Kind.ENUM) return { $type: "Enum", value: node.value };
  if (node.kind === Kind.LIST) return node.values.map(json);
  if (node.kind === Kind.OBJECT)
    return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, json(value)]));
  return plain(node);
}

/** An answer of the JSON protocol as the GraphQL protocol gives it: under the name `result`, with untagged values. */
export function toGraphqlAnswer(answer) {
  if (answer.data === undefined) return answer;
  const [[name, value]] = Object.entries(answer.data);
  return { ...answer, data: { result: name === "queryRaw" ? rawRows(value) : untagged(value) } };
}

function untagged(value) {
  if (Array.isArray(value)) return value.map(untagged);
  if (value === null || typeof value !== "object") return value;
  if (value.$type === undefined) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, untagged(v)]));
  const isNumber = value.$type === "Decimal" || (value.$type === "BigInt" && Number.isSafeInteger(Number(value.value)));
  return isNumber ? Number(value.value) : value.value;
}

/** Rows of a raw query: each an object whose values say their type. */
const rawRows = ({ columns, types, rows }) =>
  rows.map((row) => Object.fromEntries(row.map((value, index) => [columns[index], typed(value, types[index])])));

function typed(value, type) {
  if (value === null) return { prisma__type: "null", prisma__value: null };
  const element = /^(.+)-array$/.exec(type)?.[1];
  if (element === undefined) return { prisma__type: type, prisma__value: value };
  return { prisma__type: "array", prisma__value: value.map((each) => typed(each, element)) };
}
