import { isMeant } from "./terminal/confirm";
import { chosenStack, main } from "./stack/pulumi";
import { stateOf } from "./state/backend";
import { copiesElsewhere } from "./state/elsewhere";
import { createStack, holding } from "./state/prepare";
import { planRestore } from "./state/restore";

/** `make state-restore [FROM=<date>] [YES=1]`: shows what taking a copy of the state would mean, and takes it when told so. */
main(async () => {
  const stack = chosenStack();
  const state = await stateOf(stack);
  if ("none" in state) {
    throw new Error(`expected a backend in a folder or a bucket, found ${state.none}: no copies of it are kept here`);
  }
  // Without a stack the engine reads no keys out of its file.
  const elsewhere = async () => {
    if ((await state.store.read(state.keys.state)) === undefined) await createStack(stack);
    return copiesElsewhere(stack);
  };
  return holding(state, async () => {
    const restore = await planRestore(state, process.env["FROM"] ?? "", elsewhere);
    console.log([`State of stack ${stack}:`, ...restore.lines].join("\n"));
    if (!(await isMeant())) {
      console.log("Nothing was changed: YES=1 does it.");
      return 0;
    }
    console.log(await restore.apply());
    return 0;
  });
});
