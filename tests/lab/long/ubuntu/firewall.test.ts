import { BareHost } from "../../harness/bare-host";

/** firewall.test.ts on a host with Ubuntu 24.04. */
BareHost.system = "lab-host-ubuntu";
jest.requireActual("../../firewall.test");
