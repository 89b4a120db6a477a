import { z } from "zod";
import * as formats from "../formats";
import { settings } from "./structure";

/** A login at an image registry. */
export const registryAccount = settings({
  user: formats.registryUser.describe("Name to log in with."),
  secret: formats.secretName.describe(
    "Name of the secret in the namespace `secrets:` that holds its password or token; this is what declares it.",
  ),
});

/** How often a secret that the stack makes was made anew. */
export const rotation = z
  .int({ error: "a whole number, from 1" })
  .min(1, { error: "a whole number, from 1" })
  .describe("How often it was rotated.");

/** A secret whose rotation has not ended. */
export const underWay = settings({
  before: z
    .string({ error: "the value of before" })
    .min(1, { error: "the value of before" })
    .describe("The old value."),
  rotation: rotation.exactOptional().describe("Of one that the stack makes: the number that stands for the new value."),
  ends: z
    .literal(true, { error: "true, or nothing" })
    .exactOptional()
    .describe("That no program takes the old value any more, which is left to be tried."),
});
