import path from "node:path";
import type { Platform } from "../../model/platform";
import { servicesIn } from "../../platforms/services-in";
import { HOSTS } from "./hosts";

/** A platform of systemd units alone, for tests. It is as deep in the tree as the platforms are, so that it works beside them. */
const units: Platform = {
  name: "units",
  groups: ["units"],
  hosts: HOSTS,
  services: servicesIn(path.join(__dirname, "services")),
};

export default units;
