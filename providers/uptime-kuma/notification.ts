import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import { OURS } from "./ours";

/** A request that Uptime Kuma makes when a monitor fails, and when it works again: POST. */
export interface Notification {
  /** What people see. */
  name: string;
  url: string;
  /** What is sent, as Uptime Kuma renders it with Liquid: `{{ msg }}` is what happened. */
  body: string;
  /** Headers of the request, as an object in JSON. */
  headers: string;
  /** Which of the program's own kinds of notification it is. */
  form: string;
}

/** A notification as Uptime Kuma keeps it: what it is about is JSON. */
export interface KeptNotification {
  id: number;
  config: string;
}

/** What a notification is made of, under the program's names (`server/notification-providers/webhook.js`). */
const configSchema = z.object({
  name: z.string(),
  type: z.string(),
  webhookContentType: z.string().nullish(),
  webhookURL: z.string().nullish(),
  webhookCustomBody: z.string().nullish(),
  webhookAdditionalHeaders: z.string().nullish(),
});

/** The program keeps what it does not know: by this we know ours. Others' may hold anything beside. */
const keeperSchema = z.object({ keptBy: z.unknown() });

/** The one form of a notification whose every part is the deployment's to say. */
export const CUSTOM_WEBHOOK = "webhook, custom";

const nameOf = ({ id }: KeptNotification): string => `what Uptime Kuma keeps of notification ${id}`;

/** Whether the deployment keeps it; names are anybody's to give. */
export const isOurs = (kept: KeptNotification): boolean =>
  parseJson(keeperSchema, kept.config, nameOf(kept)).keptBy === OURS;

/** A kept notification in our words. */
export function described(kept: KeptNotification): Notification {
  const { name, type, webhookContentType, webhookURL, webhookCustomBody, webhookAdditionalHeaders } = parseJson(
    configSchema,
    kept.config,
    nameOf(kept),
  );
  return {
    name,
    url: webhookURL ?? "",
    body: webhookCustomBody ?? "",
    headers: webhookAdditionalHeaders ?? "",
    form: webhookContentType === undefined || webhookContentType === null ? type : `${type}, ${webhookContentType}`,
  };
}

/** A notification in Uptime Kuma's words. Monitors that people make get it only when they choose it. */
export const configured = ({ name, url, body, headers }: Notification): object => ({
  name,
  type: "webhook",
  isDefault: false,
  applyExisting: false,
  webhookContentType: "custom",
  webhookURL: url,
  webhookCustomBody: body,
  webhookAdditionalHeaders: headers,
  keptBy: OURS,
});
