import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Names of properties; `?` follows the name of an optional one. */
export type Shape = ReadonlySet<string>;

/** What the types of a Pulumi npm package say, by the name of the resource, function or nested type. */
export interface SdkShapes {
  /** Arguments of resources and functions: `Container`, `getNetwork`, and of the provider: `Provider`. */
  inputs: Map<string, Shape>;
  /** Outputs of resources and results of functions. */
  outputs: Map<string, Shape>;
  /** Nested types of arguments: `ContainerPort`. */
  nested: Map<string, Shape>;
}

/** Reads the declaration files of an installed Pulumi package. */
export function readSdk(directory: string): SdkShapes {
  const shapes: SdkShapes = { inputs: new Map(), outputs: new Map(), nested: new Map() };
  for (const file of declarationFiles(directory)) readFile(path.join(directory, file), shapes);
  for (const declaration of declarations(path.join(directory, "types", "input.d.ts"))) {
    shapes.nested.set(declaration.name?.text ?? "", shapeOf(declaration.members));
  }
  return shapes;
}

function declarationFiles(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(".d.ts") && !/^(index|utilities)\./.test(name));
}

type Declaration = ts.InterfaceDeclaration | ts.ClassDeclaration;

function declarations(file: string): Declaration[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022);
  return source.statements.filter(
    (statement): statement is Declaration => ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement),
  );
}

function readFile(file: string, { inputs, outputs }: SdkShapes): void {
  for (const declaration of declarations(file)) {
    const name = declaration.name?.text ?? "";
    const shape = shapeOf(declaration.members);
    if (ts.isClassDeclaration(declaration)) outputs.set(name, shape);
    else if (name.endsWith("Result")) outputs.set(functionName(name, "Result"), shape);
    else if (/^Get.*OutputArgs$/.test(name))
      continue; // the same as the arguments of the plain form
    else if (/^Get.*Args$/.test(name)) inputs.set(functionName(name, "Args"), shape);
    else if (name.endsWith("Args")) inputs.set(name.slice(0, -"Args".length), shape);
  }
}

function functionName(type: string, suffix: string): string {
  const name = type.slice(0, -suffix.length);
  return `g${name.slice(1)}`;
}

function shapeOf(members: ts.NodeArray<ts.Node>): Shape {
  const names = [...members].flatMap((member) => {
    if (!ts.isPropertySignature(member) && !isOutput(member)) return [];
    const name = (member.name as ts.Identifier).text;
    return [member.questionToken ? `${name}?` : name];
  });
  return new Set(names);
}

/** A class has its outputs as instance properties; static ones belong to the SDK itself. */
function isOutput(member: ts.Node): member is ts.PropertyDeclaration {
  if (!ts.isPropertyDeclaration(member)) return false;
  return !member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
}
