/** Where a program that takes one URL finds Redis; what the password contains is quoted for a URL. @param database 0 to 15 */
export const redisUrl =
  (database: number) =>
  (password: string): string =>
    `redis://default:${encodeURIComponent(password)}@redis:6379/${database}`;
