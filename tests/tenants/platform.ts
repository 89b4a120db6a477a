import path from "node:path";
import type { Platform } from "../../model/platform";
import { servicesIn } from "../../platforms/services-in";
import { HOSTS } from "./hosts";

/**
 * A second platform, for tests: three tenants on one host, their databases on another. It is as deep in the tree as the
 * platforms are, so that it works as it is once it lies beside them.
 */
const tenants: Platform = {
  name: "tenants",
  groups: ["databases", "tenants"],
  hosts: HOSTS,
  services: servicesIn(path.join(__dirname, "services")),
};

export default tenants;
