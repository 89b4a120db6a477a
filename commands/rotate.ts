import { isMeant } from "./terminal/confirm";
import { chosenStack, main, prepareStack } from "./stack/pulumi";
import { begin } from "./rotate/begin";
import { finishRotations } from "./rotate/finish";
import { planOf } from "./rotate/plan";
import { describedStack, takerNames } from "./rotate/stack";
import { madeValues } from "./rotate/values";
import { providePassphrase } from "./secrets/passphrase";
import { table } from "./terminal/table";

/**
 * `make rotate SECRET=… | ALL=1`: new values for secrets, given out by `up`, tried, and the old ones proven to be refused. The lab is
 * not asked; YES=1 answers for any other stack.
 */
main(async () => {
  const stack = chosenStack();
  await providePassphrase(stack);
  await prepareStack(stack);
  const described = await describedStack(stack);
  const made = await madeValues(stack);
  const { rotated, left } = planOf(process.env, described, made);
  if (left.length > 0)
    console.log(`Left as they are:\n${left.map(({ name, reason }) => `  ${name}: ${reason}`).join("\n")}\n`);
  const rows = rotated.map(({ declaration }) => [declaration.name, takerNames(declaration, described).join(", ")]);
  console.log(table(["to be rotated", "taken by"], rows));
  if (stack !== "lab" && !(await isMeant())) {
    console.log("Nothing was changed: YES=1 does it.");
    return 0;
  }
  await begin(stack, rotated, described, made);
  return finishRotations(stack, { isUp: false });
});
