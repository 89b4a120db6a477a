import { postgresql } from "../../../programs/postgresql";

export default postgresql({ group: "core", networks: ["backend"] });
