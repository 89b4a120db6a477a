/** A resource's name, which is the last part of its URN. */
export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** The last type of a URN's chain of types; the chain names the parents' types before it. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
