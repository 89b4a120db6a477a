/** Milliseconds for what was said last, and a hook's answer, to reach the engine. */
const TO_BE_HEARD = 1000;

/**
 * Ends the program, which would wait for ever. An engine (3.250) that is told to go on after errors leaves out the creation
 * that should have followed a failed removal, and never answers its registration: `DeleteStep.Fail` has nobody to
 * answer. What a hook returns or throws does not change that, and the SDK waits for that answer after an uncaught error,
 * too. The error has to be logged before.
 */
export function endProgram(): void {
  setTimeout(() => process.exit(1), TO_BE_HEARD);
}
