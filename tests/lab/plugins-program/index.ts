import { local } from "@pulumi/command";
import { RandomPassword, RandomString } from "@pulumi/random";

/** A switch of the program, given by the test in the environment. */
const setting = (name: string): string | undefined => process.env[`PLUGINS_${name}`];

const password = new RandomPassword("password", { length: 24, overrideSpecial: "-_" });
if (setting("REFUSED_RESOURCE")) new RandomString("refused", { length: 6 });
if (setting("REFUSED_PROPERTY")) new local.Command("refused", { create: "true", assetPaths: ["*"] });

const command = new local.Command("command", {
  create: "echo created; date +%s%N",
  delete: `echo deleted >> "$LOG"`,
  environment: { LOG: setting("LOG") ?? "/dev/null" },
  triggers: [setting("TRIGGER") ?? "first"],
});
const secret = new local.Command("secret", { create: "cat", stdin: password.result });
if (setting("FAILING")) {
  new local.Command("failing", { create: `echo "refused: $(cat)" >&2; exit 5`, stdin: password.result });
}
const endless = setting("ENDLESS");
if (endless) new local.Command("endless", { create: `echo $$ > "${endless}"; sleep 600` });

export const made = command.stdout;
export const result = password.result;
export const echoed = secret.stdout;
