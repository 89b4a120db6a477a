import { caddy } from "../../../programs/caddy";

export default caddy({ group: "core", networks: ["frontend", "backend"] });
