/**
 * What is there cannot be found out at the moment: the program that knows does not run, does not answer, or refuses. A
 * refresh then says so and leaves the state as it is. A host that cannot be reached is no such case: it is an error.
 */
export class Unreadable extends Error {}
