import { pulumiOutput } from "../stack/pulumi";
import { plainSecret } from "../secrets/made";
import { exportedState } from "../engine/exported";

const KEPT = "pulumi-nodejs:dynamic/vpai/host:KeptSecret";

/** Values of the secrets that the stack has made, by name, as programs have them. They are nowhere but in this process. */
export async function madeValues(stack: string): Promise<Record<string, string>> {
  const printed = await pulumiOutput(stack, "stack", "export", "--show-secrets", "--stack", stack);
  const { deployment } = exportedState(printed);
  return Object.fromEntries(
    (deployment?.resources ?? []).flatMap(({ urn, type, outputs = {} }) => {
      const [, name] = /::([^:/]+)\/copy$/.exec(urn) ?? [];
      if (type !== KEPT || name === undefined) return [];
      const value = plainSecret(outputs["value"], name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
