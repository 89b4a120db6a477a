import { main } from "./stack/pulumi";
import { REFRESH } from "./timer/chores";
import { setTimer } from "./timer/set";

/** `make refresh-timer ACTION=on|off [STACK=…]`: has systemd on this computer look for drift every night, or no more. */
main(() => Promise.resolve(setTimer(REFRESH)));
