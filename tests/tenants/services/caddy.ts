import { caddy } from "../../../programs/caddy";

export default caddy({ group: "tenants", networks: ["acme", "bolt", "cube"] });
