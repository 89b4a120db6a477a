// To be imported first: a resource's implementation needs nothing of Pulumi's SDK, which takes a second to load.
jest.mock("@pulumi/pulumi", () => ({ CustomResource: class {} }));
