import { BareHost } from "../../harness/bare-host";

/** baseline-system.test.ts on a host with Ubuntu 24.04. */
BareHost.system = "lab-host-ubuntu";
jest.requireActual("../../baseline-system.test");
