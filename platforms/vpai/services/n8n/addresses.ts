import { z } from "zod";
import type { ServiceContext } from "../../../../model/context";
import { serviceNamed } from "../../../../model/peers";
import { addressOf } from "../../../../model/service";

const URL = "an http or https address without a slash at its end, such as https://studio.ewutelo.cloud";

const url = z
  .string({ error: URL })
  .regex(/^https?:\/\/[^\s/]+(\/[^\s/]+)*$/, { error: URL })
  .exactOptional();

const PROJECT = "the id of a project in Kaneo, letters and digits";

/** Keys of a stack's file that say where the far ends of workflows are. */
export const ADDRESS_SETTINGS = {
  comfyuiUrl: url.describe("Where n8n's workflows reach ComfyUI. Default: studio.<domain>, through the VPN."),
  remotionUrl: url.describe("Where n8n's workflows reach Remotion's API. Default: cut.<domain>, through the VPN."),
  kaneoProject: z
    .string({ error: PROJECT })
    .regex(/^[A-Za-z0-9]+$/, { error: PROJECT })
    .exactOptional()
    .describe(
      "Project in Kaneo that workflows put tasks into; its address shows the id. Default: none, and they fail.",
    ),
};

/** What n8n's workflows read as `$env`. The studio is on the workstation (docs/requirements.md#creative-pipeline). */
export const addressesFor = (context: ServiceContext): Record<string, string> => ({
  COMFYUI_URL: setting(context, "comfyuiUrl") ?? `https://studio.${context.domain}`,
  REMOTION_URL: setting(context, "remotionUrl") ?? `https://cut.${context.domain}`,
  KANEO_PROJECT: setting(context, "kaneoProject") ?? "",
  ...addressAs("KANEO_URL", "kaneo-api", context),
  ...addressAs("LITELLM_URL", "litellm", context),
});

const setting = ({ settings }: ServiceContext, name: keyof typeof ADDRESS_SETTINGS): string | undefined =>
  settings[name] as string | undefined;

/** The address of another service of the host; nothing where it does not run. */
function addressAs(variable: string, name: string, { hosts, host }: ServiceContext): Record<string, string> {
  const found = serviceNamed(hosts, host, name);
  return found === undefined ? {} : { [variable]: `http://${addressOf(found.service)}` };
}
