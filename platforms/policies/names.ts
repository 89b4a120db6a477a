import { offererOf } from "../../model/peers";
import { type Policy, placeOf } from "./policy";
import { unique } from "./unique";

/** A service's name is also its container's name, its folders' and its name on the networks. */
export const uniqueNames: Policy = (plans) =>
  unique(
    plans.flatMap((plan) => plan.services.map((service) => [service.name, placeOf(plan, service)] as const)),
    (name) => `more than one service named ${name}`,
    "give each service a name of its own",
  );

/** Two services with one database or role, one collection, one key would read each other's data. */
export const uniqueClaims: Policy = (plans) =>
  unique(
    plans.flatMap((plan) =>
      plan.services.flatMap((service) =>
        (service.uses ?? []).flatMap((wanted) => {
          const server = offererOf(plan.context.hosts, plan.name, wanted);
          const where = server === undefined ? plan.name : server.host.name;
          const at = server === undefined ? "" : ` in ${server.service.name}`;
          return wanted.claims.map((what) => [`the ${what}${at} on ${where}`, placeOf(plan, service)] as const);
        }),
      ),
    ),
    (what) => `${what} belongs to more than one service`,
    "give each service one of its own",
  );
