import { declaredSecretsOf } from "../../model/service";
import { onEachService } from "./policy";

/** Where a program gives itself to whoever comes first, somebody has to come before all who can reach it. */
export const ownedPrograms = onEachService((service) => {
  const { expose = [], firstUser } = service;
  if (firstUser === undefined || expose.length === 0) return [];
  const { owner } = firstUser;
  if (owner !== undefined && declaredSecretsOf(service).some(({ name }) => name === owner.name)) return [];
  const page = firstUser.closed?.join(", ") ?? "its login";
  return [
    {
      expected: "an exposed program whose owner is made before anybody can reach it",
      found:
        owner === undefined
          ? `a first-user page (${page}) and no owner`
          : `the owner's password ${owner.name}, which nothing of the service takes`,
      mend: "say in firstUser.owner which secret of the service's secrets or uses is its owner's password, or expose nothing",
    },
  ];
});
