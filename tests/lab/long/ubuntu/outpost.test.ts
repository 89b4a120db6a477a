import { BareHost } from "../../harness/bare-host";

/** outpost.test.ts on a host with Ubuntu 24.04. */
BareHost.system = "lab-host-ubuntu";
jest.requireActual("../outpost.test");
