import type { Exposure } from "../../../../model/site";

/** Where everybody with a key reaches LiteLLM's API. */
export const API_SITE = { subdomain: "", path: "/litellm/*" } satisfies Pick<Exposure, "subdomain" | "path">;
