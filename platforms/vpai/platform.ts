import path from "node:path";
import type { Platform } from "../../model/platform";
import { servicesIn } from "../services-in";
import { HOSTS } from "./hosts";

/** A founder's AI platform on three computers (docs/requirements.md). */
const vpai: Platform = {
  name: "vpai",
  groups: ["core", "apps", "monitoring", "vpn"],
  hosts: HOSTS,
  services: servicesIn(path.join(__dirname, "services")),
};

export default vpai;
