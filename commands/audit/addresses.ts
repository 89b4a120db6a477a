/** Whether an address is for the host's own programs. */
export const isLoopback = (address: string): boolean => /^127\.|^::1$|^::ffff:127\./.test(address);
