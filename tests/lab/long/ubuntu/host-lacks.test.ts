import { BareHost } from "../../harness/bare-host";

/** host-lacks.test.ts on a host with Ubuntu 24.04. */
BareHost.system = "lab-host-ubuntu";
jest.requireActual("../../host-lacks.test");
