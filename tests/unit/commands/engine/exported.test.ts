import { exportedState } from "../../../../commands/engine/exported";

test("a state is what the engine printed, all of it", () => {
  const state = { version: 3, deployment: { resources: [{ urn: "urn:x", type: "t", custom: true }], more: 1 } };
  expect(exportedState(`warning: x\n${JSON.stringify(state)}`)).toEqual(state);
  expect(exportedState('{"version":3,"deployment":null}')).toEqual({ version: 3, deployment: null });
});

test.each([
  ['{"deployment":{"resources":{"s3cret":1}}}', "a list in deployment.resources, found an object there"],
  ['{"deployment":{"resources":[{"urn":"s3cret"}]}}', "a text in deployment.resources.0.type, found nothing there"],
])("of another form its place is told, and nothing of it: %s", (printed, found) => {
  expect(() => exportedState(printed)).toThrow(
    new Error(
      `expected the output of \`pulumi stack export\` with ${found}: compare the version of the program that gave it with the one that is pinned here`,
    ),
  );
});
