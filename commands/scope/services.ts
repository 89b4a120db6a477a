import { chosenServices } from "../../config/lab-services";
import { allGroups } from "../../platforms";

/**
 * The choice of services that SERVICES makes, if any, is one for the lab, of groups that there are.
 * @throws where it is none: another stack would do as if nothing had been chosen
 */
export function expectServices(stack: string, chosen: string): void {
  if (chosen === "") return;
  if (stack !== "lab")
    throw new Error(
      `expected SERVICES for the lab only, found it for ${stack}: set vpai:services in Pulumi.${stack}.yaml instead`,
    );
  chosenServices(chosen, allGroups);
}
