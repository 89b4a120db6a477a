import { postgresql } from "../../../programs/postgresql";

export default postgresql({
  group: "databases",
  networks: ["databases"],
  // Its clients are on another host; the lab has no VPN between them.
  publish: [{ port: 5432, hostPort: 5432, protocol: "tcp", access: "public" }],
});
