import { pulumiOutput } from "../stack/pulumi";
import { pulumiJson } from "../engine/pulumi-json";

/** What we read of an exported state. */
interface Exported {
  deployment: { resources?: { urn: string; type: string; outputs?: Record<string, unknown> }[] };
}

const KEPT = "pulumi-nodejs:dynamic/vpai/host:KeptSecret";

/** Values of the secrets that the stack has made, by name, as programs have them. They are nowhere but in this process. */
export async function madeValues(stack: string): Promise<Record<string, string>> {
  const printed = await pulumiOutput(stack, "stack", "export", "--show-secrets", "--stack", stack);
  const { deployment } = pulumiJson(printed, "pulumi stack export") as Exported;
  return Object.fromEntries(
    (deployment.resources ?? []).flatMap(({ urn, type, outputs = {} }) => {
      const [, name] = /::([^:/]+)\/copy$/.exec(urn) ?? [];
      const value = plain(outputs["value"]);
      return type === KEPT && name !== undefined && value !== undefined ? [[name, value]] : [];
    }),
  );
}

/** The text of a secret, which an export that shows it still wraps. */
function plain(value: unknown): string | undefined {
  const { plaintext } = (typeof value === "object" && value !== null ? value : {}) as { plaintext?: string };
  return plaintext === undefined ? undefined : (JSON.parse(plaintext) as string);
}
