/** Whether an address is for a host's own programs alone. */
export const isLoopback = (address: string): boolean => /^127\.|^::1$|^::ffff:127\./.test(address);
