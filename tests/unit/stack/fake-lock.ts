import type { ImageLock } from "../../../images/lock";

/** The lock that a program under test reads in place of the project's. Imported before what reads it. */
export const fakeLock: { images: ImageLock } = { images: {} };

jest.mock("../../../images/lock", () => ({
  ...jest.requireActual<object>("../../../images/lock"),
  readLock: () => fakeLock.images,
}));
