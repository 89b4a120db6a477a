import { redis } from "../../../programs/redis";
import { QUEUE } from "./sure/rails";

/** Jobs that wait: none of them is ever dropped to make room (docs/decisions/sure.md). */
export default redis({
  name: QUEUE.server,
  group: "apps",
  networks: ["backend"],
  maxMemoryMiB: 48,
  whenFull: "noeviction",
});
