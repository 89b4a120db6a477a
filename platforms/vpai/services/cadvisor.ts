import { cadvisor } from "../../../programs/cadvisor";

export default cadvisor({ name: "cadvisor", group: "monitoring", networks: ["monitoring"] });
