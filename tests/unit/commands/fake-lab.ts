/** What `make up` and `make down` do besides running Pulumi, as a test wants it. */
export const lab = {
  /** What the machine lacks. */
  reports: [] as { status: string; name: string }[],
  /** Docker objects of the lab that the state does not know. */
  leftovers: [] as string[],
};

jest.mock("../../../lab/remove", () => ({ removeLab: () => Promise.resolve(lab.leftovers) }));

jest.mock("../../../toolchain/doctor/machine", () => ({ thisMachine: {} }));
jest.mock("../../../toolchain/doctor/doctor", () => ({
  checksFor: () => [],
  examine: () => Promise.resolve(lab.reports),
  formatReports: (reports: readonly { name: string }[]) => reports.map(({ name }) => `${name} is missing`).join("\n"),
}));
