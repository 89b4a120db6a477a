/** In place of the Docker provider's networks: what the program asked for. Import this before what is tested. */
export const networks = jest.fn<unknown, [name: string, args: object, options: object]>();
jest.mock("@pulumi/docker", () => ({ Network: networks }));
