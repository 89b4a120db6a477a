import { declarationOf } from "./audit/declared/declaration";
import { auditOf } from "./audit/host";
import { isClean, jsonOf, reportOf } from "./audit/report";
import { declaredStack } from "./audit/stack";
import { expectFormat } from "./audit/format";
import { chosenStack, main } from "./stack/pulumi";
import { chosenHost } from "./scope/choice";

/** `make audit [HOST=…] [FORMAT=json]`: how the hosts differ from the platform. Ends with 1 where they do, or one did not tell. */
main(async () => {
  const { HOST: wanted } = process.env;
  const format = expectFormat(process.env["FORMAT"]);
  const stack = await declaredStack(chosenStack());
  if (wanted) chosenHost(wanted, stack.deployed);
  const chosen = Object.entries(stack.deployed).filter(([name]) => !wanted || name === wanted);
  const hosts = await Promise.all(
    chosen.map(async ([name, deployed]) => auditOf(await declarationOf(name, stack), deployed)),
  );
  console.log(format === "json" ? jsonOf(stack.name, hosts, new Date()) : reportOf(stack.name, hosts));
  return isClean(hosts) ? 0 : 1;
});
