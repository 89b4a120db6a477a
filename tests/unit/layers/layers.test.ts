import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { LAYERS, layerRules } from "../../../eslint.layers.cjs";

/** What the rule says of a file with one import. */
function said(file: string, line: string): string[] {
  const parser = { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser as object } };
  const messages = new Linter().verify(line, [parser, ...layerRules], { filename: file });
  return messages.map(({ message }) => message);
}

test.each([
  ["model/site.ts", 'import { stackSchema } from "../config/schema";'],
  ["model/site.ts", 'import { transportTo } from "@vpai/providers";'],
  ["config/parse.ts", 'import { platforms } from "../platforms";'],
  ["platforms/vpai/services/n8n.ts", 'import { Host } from "../../../components/hosts/host";'],
  ["toolchain/setup.ts", 'import { catalogue } from "../lab/images/catalogue";'],
  ["lab/images/build.ts", 'import { main } from "../../commands/stack/pulumi";'],
  ["components/stack.ts", 'import { main } from "../commands/stack/pulumi";'],
])("%s may not say %s", (file, line) => {
  expect(said(file, line)).toEqual([expect.stringContaining("imports only folders below it")]);
});

test.each([
  ["config/parse.ts", 'import type { SecretDeclaration } from "../model/secret";'],
  ["platforms/vpai/services/alloy/alerts.ts", 'import { alloyConfig } from "../config";'],
  ["components/machines/lab/registry.ts", 'import { catalogue } from "../../../lab/images/catalogue";'],
  ["commands/up.ts", 'import { platforms } from "../platforms";'],
])("%s may say %s", (file, line) => expect(said(file, line)).toEqual([]));

test("the layers are those of the layout, from the lowest up", () => {
  expect(LAYERS).toEqual([
    ...["model", "toolchain", "providers", "images", "lab", "capabilities", "programs", "config", "platforms"],
    ...["components", "diagram", "commands"],
  ]);
});
