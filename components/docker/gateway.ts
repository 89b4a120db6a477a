/**
 * The host's own address in a bridge network: the subnet's first one, as Docker would choose. Docker tells of its own
 * choice only after it was restarted; a network that did not name it would then look changed, and be replaced.
 * @param subnet IPv4, e.g. `172.20.1.0/24`
 */
export const gatewayOf = (subnet: string): string =>
  subnet.replace(/\.(\d+)\/\d+$/, (_match, last: string) => `.${Number(last) + 1}`);
