import { isContainer } from "../../model/run";
import { onEachService } from "./policy";

/** The model has systemd units; no host runs them yet. */
export const runnableServices = onEachService(({ run }) =>
  isContainer(run)
    ? []
    : [
        {
          expected: "a container",
          found: "a systemd unit, which hosts do not run yet",
          mend: "let it run in a container: run.image, run.networks",
        },
      ],
);
