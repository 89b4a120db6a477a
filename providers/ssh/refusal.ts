/** A host that answers, but not as it must, or a login that cannot be tried: waiting does not help. */
export class SshRefused extends Error {}
