import { momentIn } from "../../../../commands/terminal/moment";

test.each([
  ["2026-11-29", 1795910400000],
  ["2024-02-29", 1709164800000],
  ["2026-11-29T03:00Z", 1795921200000],
  ["2026-11-29 03:00Z", 1795921200000],
  ["2026-11-29T02:55:00.5Z", 1795920900500],
  ["2026-11-29T03:00:00+01:00", 1795917600000],
])("%s is a moment", (text, milliseconds) => {
  expect(momentIn(text)).toBe(milliseconds);
});

test.each(
  [
    ["", "yesterday", "yesterday 1", "12345", "2099", "12/11/2026", "11.12.2026", "20261129"],
    ["2026-11-31", "2026-02-30", "2026-13-01", "2026-11-29T3:00", "2026-11-29T25:00Z", "2026-11-29 (Sunday)"],
  ].flat(),
)("%j is none", (text) => {
  expect(momentIn(text)).toBeNaN();
});
