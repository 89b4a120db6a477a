/** A day, and a time of it at most to parts of a second, of this computer's clock where no zone is said. */
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Milliseconds since 1970 of a moment in ISO 8601, such as `2026-11-29` or `2026-11-29T03:00Z`; NaN of anything else. `Date.parse` alone
 * takes `12/11/2026` for a day in December, `12345` for a year, and the 31st of November for the 1st of December.
 */
export function momentIn(text: string): number {
  const [, day = ""] = MOMENT.exec(text) ?? [];
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  return isDay ? Date.parse(text) : NaN;
}
