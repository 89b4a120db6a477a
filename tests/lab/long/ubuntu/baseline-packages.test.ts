import { BareHost } from "../../harness/bare-host";

/** baseline-packages.test.ts on a host with Ubuntu 24.04. */
BareHost.system = "lab-host-ubuntu";
jest.requireActual("../../baseline-packages.test");
