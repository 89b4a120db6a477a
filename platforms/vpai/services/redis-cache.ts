import { redisCacheServer } from "../../../programs/redis-cache";

export default redisCacheServer({ group: "apps", networks: ["backend"] });
