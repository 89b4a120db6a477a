/** Stands for the SSH policy's signs of life: a silent connection is noticed after half a second. */
jest.mock("../../../providers/ssh/policy", () => ({
  ...jest.requireActual<object>("../../../providers/ssh/policy"),
  KEEPALIVE: { seconds: 0.1, unanswered: 4 },
}));
