/** What stands where a secret was. The engine writes the same. */
export const MASK = "[secret]";
