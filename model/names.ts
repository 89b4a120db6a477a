/** `n8nAcme` of `n8n-acme`: a name as a key of a stack's file. */
export const camelCase = (name: string): string =>
  name.replace(/[-_]+([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());
