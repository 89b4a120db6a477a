import { seen, seenWithout } from "../sample";

test.each([
  [
    'container\t{"name":"/vpai_caddy","env":"s3cret"}',
    /^expected a container as the host's engine tells of it with a text in image, found nothing there, and \d+ more such places: compare the version/,
  ],
  [
    'network\t{"name":"s3cret","internal":"yes","labels":{}}',
    /^expected a network as the host's engine tells of it with true or false in internal, found a text there: compare the version/,
  ],
  ["network\t", /^expected a network as the host's engine tells of it, found nothing: compare the version/],
])("a line of another form is told by what it should be, and not quoted: %s", (line, message) => {
  expect(() => seen(line)).toThrow(message);
  expect(() => seen(line)).not.toThrow("s3cret");
});

test("the engine's word on itself, too", () => {
  expect(() => seenWithout("engine", 'engine\t{"driver":null,"live":true}')).toThrow(
    new Error(
      "expected the engine's word on itself with a text in driver, found null there: compare the version of the program that gave it with the one that is pinned here",
    ),
  );
});
