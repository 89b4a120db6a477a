import { defineService } from "../../../model/service";
import { hostnameOf } from "../../../model/site";
import { UNSEEN } from "../../../programs/unseen";

/** Kaneo's site; its API is below `/api` of the same name. */
export const SITE = { subdomain: "hq", port: 5173, access: "vpn" } as const;

export default defineService({
  name: "kaneo",
  group: "apps",
  run: {
    image: "ghcr.io/usekaneo/web:2.1.1",
    networks: ["backend"],
    writableRoot: UNSEEN,
  },
  user: { uid: 1001, gid: 1001 },
  port: SITE.port,
  expose: [SITE],
  environment: ({ domain }) => ({ KANEO_API_URL: `https://${hostnameOf(SITE, domain)}` }),
  limits: { memoryMiB: 48, cpus: 0.1 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${SITE.port}/`] },
  needs: ["kaneo-api"],
});
