import path from "node:path";
import { n8n } from "../../../programs/n8n";
import { addressesFor, ADDRESS_SETTINGS } from "./n8n/addresses";
import { forWorkflows } from "./n8n/credentials";

const SITE = { subdomain: "mayi", access: "vpn" } as const;

/** The relay on the VPN hub comes by this way, too (docs/requirements.md#overview). */
const WEBHOOKS = { subdomain: "", access: "public" } as const;

/** The workstation's ComfyUI and Remotion, which the creative pipeline asks (docs/decisions/creative-pipeline.md). */
const STUDIO = ["studio", "cut"];

/** The workflow `ping` answers it. */
const PING = { status: 200, contains: '"answer":"pong"' };

export default n8n({
  group: "core",
  networks: ["backend", "egress"],
  site: SITE,
  webhooks: { ...WEBHOOKS, answers: { at: "/webhook/ping", ...PING } },
  environment: addressesFor,
  reaches: STUDIO,
  settings: ADDRESS_SETTINGS,
  uses: forWorkflows,
  workflows: {
    folder: path.join(__dirname, "n8n/workflows"),
    beside: {
      "asset-register": ["kaneo-api"],
      budget: ["litellm"],
      "creative-pipeline": ["kaneo-api", "litellm"],
      seed: ["kaneo-api"],
    },
  },
});
