import { platformNames } from "../platforms";
import { chosenStack, main, prepareStack } from "./stack/pulumi";
import { providePassphrase } from "./secrets/passphrase";
import { asking } from "./secrets/prompt";
import { importFrom, missingValues, type NewValue } from "./secrets/sources";
import { readStackFile, writeSecret } from "./secrets/stack-file";
import { describeSecrets, secretsOf, type StackSecret } from "./secrets/state";
import { flagOf } from "./terminal/flag";

/** A variable of make (`make secrets IMPORT=secrets.yml`). */
const setting = (name: string): string => process.env[name] ?? "";

/** Values that config does not have yet; a set one is only replaced when that is asked for. */
const toWrite = (values: readonly NewValue[], secrets: readonly StackSecret[], overwrite: boolean): NewValue[] =>
  values.filter(({ declaration, value }) => {
    const present = secrets.find((secret) => secret.declaration.name === declaration.name);
    if (present?.state !== "set") return true;
    if (present.value !== value && !overwrite) {
      console.log(`${declaration.name} is set to another value and was kept; replace it with OVERWRITE=1`);
    }
    return present.value !== value && overwrite;
  });

/** Secrets from the file that IMPORT names; none without it. */
const imported = async (secrets: readonly StackSecret[]): Promise<readonly NewValue[]> => {
  const file = setting("IMPORT");
  if (file === "") return [];
  const declared = secrets.map(({ declaration }) => declaration);
  const found = await importFrom(file, setting("MAP"), setting("VAULT_PASSWORD_FILE"), declared, asking());
  for (const remark of found.remarks) console.log(`Look at this one: ${remark}`);
  if (found.unmapped.length > 0) {
    console.log(
      `Not imported, as no secret takes them (MAP=name=secretName,… maps them): ${found.unmapped.join(", ")}`,
    );
  }
  return found.values;
};

/** Imported values first, then what is still missing. */
const gather = async (secrets: readonly StackSecret[], generate: boolean): Promise<readonly NewValue[]> => {
  const first = await imported(secrets);
  const done = new Set(first.map(({ declaration }) => declaration.name));
  const rest = secrets.filter(({ declaration }) => !done.has(declaration.name));
  return [...first, ...(await missingValues(rest, generate, asking()))];
};

/** `make secrets`: shows the state of a stack's secrets and fills in what is missing. */
main(async () => {
  const stack = chosenStack();
  const [generate, overwrite] = [flagOf("GENERATE"), flagOf("OVERWRITE")];
  await providePassphrase(stack);
  await prepareStack(stack);
  const secrets = secretsOf(await readStackFile(stack), platformNames);
  console.log(`Secrets of stack ${stack}:\n${describeSecrets(secrets)}`);
  for (const { declaration, value, remark } of toWrite(await gather(secrets, generate), secrets, overwrite)) {
    if (remark !== undefined) console.log(`Look at this one: ${remark}`);
    await writeSecret(stack, declaration.name, value);
    console.log(`${declaration.name} was set`);
  }
  const open = secretsOf(await readStackFile(stack), platformNames).filter(
    ({ state }) => state === "missing" || state === "wrong",
  );
  if (open.length === 0) return 0;
  const names = open.map(({ declaration }) => declaration.name);
  console.error(`Still to be given: ${names.join(", ")}; run make secrets STACK=${stack} again, or set SECRET_<name>`);
  return 1;
});
