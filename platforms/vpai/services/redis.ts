import { redis } from "../../../programs/redis";

export default redis({ group: "core", networks: ["backend"] });
