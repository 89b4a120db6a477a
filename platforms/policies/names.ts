import { type Policy, placeOf } from "./policy";
import { unique } from "./unique";

/** A service's name is also its container's name, its folders' and its name on the networks. */
export const uniqueNames: Policy = (plans) =>
  unique(
    plans.flatMap((plan) => plan.services.map((service) => [service.name, placeOf(plan, service)] as const)),
    (name) => `more than one service named ${name}`,
    "give each service a name of its own",
  );

/** Two services with one database or role would read each other's data. */
export const uniqueDatabases: Policy = (plans) =>
  unique(
    plans.flatMap((plan) =>
      plan.services.flatMap((service) => {
        const { database } = service;
        if (database === undefined) return [];
        const claims = [`database ${database.name}`, `role ${database.role}`];
        return claims.map((what) => [`the ${what} on ${plan.name}`, placeOf(plan, service)] as const);
      }),
    ),
    (what) => `${what} belongs to more than one service`,
    "give each service a database and a role of its own",
  );
