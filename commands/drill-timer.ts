import { main } from "./stack/pulumi";
import { DRILL } from "./timer/chores";
import { setTimer } from "./timer/set";

/** `make drill-timer ACTION=on|off [STACK=…]`: has systemd on this computer drill every week, or no more. */
main(() => Promise.resolve(setTimer(DRILL)));
