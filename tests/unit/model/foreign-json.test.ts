import { z } from "zod";
import { expectForm, jsonIfAny, parseJson } from "../../../model/foreign-json";

const account = z.looseObject({
  name: z.string(),
  keys: z.array(z.looseObject({ id: z.int(), value: z.string().nullable() })),
  limits: z.record(z.string(), z.number()).exactOptional(),
  kind: z.enum(["person", "program"]).exactOptional(),
});
const read = (text: string): unknown => parseJson(account, text, "the account of anna", "log in again");

test("what has the right form is taken, with all that it says beyond it", () => {
  const said = { name: "anna", keys: [{ id: 1, value: null, made: "2026-11-29" }], since: [{ "": 1 }] };
  expect(read(JSON.stringify(said))).toEqual(said);
  const others = '{"since":1,"keys":[],"name":"anna"}';
  expect(JSON.stringify(read(others))).toBe(others);
});

test.each([
  ["", "expected the account of anna, found nothing: log in again"],
  ["\n ", "expected the account of anna, found nothing: log in again"],
  ['{"name": "an', "expected the account of anna, found a text that is cut short after 12 bytes: log in again"],
  ["<!DOCTYPE html><p>s3cret", "expected the account of anna, found a web page: log in again"],
  ["<html>s3cret", "expected the account of anna, found a web page: log in again"],
  ["[]", "expected the account of anna as an object, found a list: log in again"],
  ["null", "expected the account of anna as an object, found null: log in again"],
  ['"s3cret"', "expected the account of anna as an object, found a text: log in again"],
  ['{"keys":[]}', "expected the account of anna with a text in name, found nothing there: log in again"],
  [
    '{"name":"anna","keys":[{"id":1,"value":"x"},{"id":"s3cret","value":"x"}]}',
    "expected the account of anna with a number in keys.1.id, found a text there: log in again",
  ],
  [
    '{"name":"anna","keys":[{"id":1.5}]}',
    "expected the account of anna with a whole number in keys.0.id, found a number there, and 1 more such place: log in again",
  ],
  [
    '{"name":7,"keys":[{"id":1.5}],"limits":[]}',
    "expected the account of anna with a text in name, found a number there, and 3 more such places: log in again",
  ],
  [
    '{"name":"anna","keys":[],"kind":"s3cret"}',
    'expected the account of anna with "person" or "program" in kind, found a text there: log in again',
  ],
])("of %j its kind is told, and no value", (text, message) => {
  expect(() => read(text)).toThrow(new Error(message));
});

test("of a text that is no JSON nothing is quoted", () => {
  expect(() => read("password: s3cret")).toThrow(
    /^expected the account of anna, found a text that is no JSON( from character \d+ on)?: log in again$/,
  );
});

test("without anything better to do versions are to be compared", () => {
  expect(() => parseJson(z.string(), "1", "a name")).toThrow(
    new Error(
      "expected a name as a text, found a number: compare the version of the program that gave it with the one that is pinned here",
    ),
  );
});

test("where several forms will do, all are named", () => {
  expect(() => expectForm(z.union([z.string(), z.number()]), true, "a sequence", "ask again")).toThrow(
    new Error("expected a sequence as a text or a number, found true or false: ask again"),
  );
});

test("of several objects none is named", () => {
  const either = z.union([z.looseObject({ list: z.array(z.string()) }), z.looseObject({ one: z.string() })]);
  expect(() => expectForm(either, { both: "s3cret" }, "a manifest", "ask again")).toThrow(
    new Error("expected a manifest as one of the forms that it may have, found an object: ask again"),
  );
});

test("keys of others are shortened, and move no cursor", () => {
  const limits = { [`\u001b[2J${"x".repeat(200)}`]: "s3cret" };
  expect(() => read(JSON.stringify({ name: "anna", keys: [], limits }))).toThrow(
    new Error(
      `expected the account of anna with a number in limits.??2J${"x".repeat(69)}…, found a text there: log in again`,
    ),
  );
});

test("where another form is nothing to fail for, it is none", () => {
  const refusal = z.looseObject({ error: z.looseObject({ message: z.string() }) });
  expect(jsonIfAny(refusal, '{"error":{"message":"locked","code":423}}')).toEqual({
    error: { message: "locked", code: 423 },
  });
  expect(["", "<html>", '{"error":', "null", '{"error":"locked"}'].map((text) => jsonIfAny(refusal, text))).toEqual(
    Array.from({ length: 5 }, () => undefined),
  );
});
