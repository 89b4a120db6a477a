import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** The property names of one resource as an SDK declares them; nested ones as `connection.host`. */
export interface DeclaredResource {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Reads the declarations of a resource from an npm SDK.
 * @param sdk directory of the SDK's package
 * @param token type token of the resource, such as `random:index/randomId:RandomId` or `command:local:Command`
 * @returns undefined when the SDK has no such resource
 */
export function declaredResource(sdk: string, token: string): DeclaredResource | undefined {
  const [, module = "", name = ""] = token.split(":");
  const file = path.join(sdk, module.startsWith("index/") ? fileOf(name) : path.join(module, fileOf(name)));
  if (!existsSync(`${file}.d.ts`)) return undefined;
  const source = parse(`${file}.d.ts`);
  const nested = parse(path.join(sdk, "types", "input.d.ts"));
  return {
    inputs: interfaceMembers(source, `${name}Args`).flatMap((member) => withNested(member, nested)),
    outputs: classMembers(source, name),
  };
}

/** The names of the arguments of an SDK's explicit provider, which are those of its configuration. */
export function declaredConfig(sdk: string): string[] {
  return interfaceMembers(parse(path.join(sdk, "provider.d.ts")), "ProviderArgs").map(nameOf);
}

/** The version by which the SDK asks for its plugin. */
export function sdkVersion(sdk: string): string {
  const manifest = JSON.parse(readFileSync(path.join(sdk, "package.json"), "utf8")) as { version: string };
  return manifest.version.replace(/^v/, "");
}

/** The name of the file that declares a class: the same, with a small first letter. */
function fileOf(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function parse(file: string): ts.SourceFile {
  if (!existsSync(file)) return ts.createSourceFile(file, "", ts.ScriptTarget.ES2022, true);
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

function find<T extends ts.Node>(root: ts.Node, fits: (node: ts.Node) => node is T): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    if (fits(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

function interfaceMembers(source: ts.SourceFile, name: string): ts.PropertySignature[] {
  return find(source, ts.isInterfaceDeclaration)
    .filter((declaration) => declaration.name.text === name)
    .flatMap((declaration) => declaration.members.filter(ts.isPropertySignature));
}

function classMembers(source: ts.SourceFile, name: string): string[] {
  return find(source, ts.isClassDeclaration)
    .filter((declaration) => declaration.name?.text === name)
    .flatMap((declaration) => declaration.members.filter(ts.isPropertyDeclaration))
    .map(nameOf);
}

function nameOf(member: ts.PropertySignature | ts.PropertyDeclaration): string {
  return member.name.getText();
}

/** The member's name and, where its type is an object of the SDK (`inputs.remote.ConnectionArgs`), those within it. */
function withNested(member: ts.PropertySignature, nested: ts.SourceFile): string[] {
  const name = nameOf(member);
  const objects = find(member, ts.isTypeReferenceNode)
    .map((reference) => reference.typeName.getText())
    .filter((type) => type.startsWith("inputs."))
    .map((type) => type.slice(type.lastIndexOf(".") + 1));
  const inner = objects.flatMap((type) => interfaceMembers(nested, type)).flatMap((each) => withNested(each, nested));
  return [name, ...inner.map((each) => `${name}.${each}`)];
}
