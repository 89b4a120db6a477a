/** Milliseconds for one lab test. Most run `pulumi` a few times, and one of them may have to wait for a service. */
jest.setTimeout(300_000);
