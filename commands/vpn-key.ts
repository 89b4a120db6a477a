import { knownNodes, newKey } from "@vpai/providers";
import { declaredNodes } from "./audit/declared/declaration";
import { declaredStack } from "./audit/stack";
import { chosenStack, main } from "./stack/pulumi";
import { coordinatorAmong } from "./vpn-key/coordinator";
import { deviceNamed, devicesIn, joinCommand, minuteOf, reportOf } from "./vpn-key/devices";

/** How long a device has to join. */
const MINUTES = 60;

/**
 * `make vpn-key [DEVICE=laptop]`: the command by which a declared device joins the VPN, with a key that is made for it and kept
 * nowhere; without DEVICE, which devices have joined, and which nodes nobody declared.
 */
main(async () => {
  const stack = await declaredStack(chosenStack());
  const devices = devicesIn(stack);
  const { DEVICE: wanted } = process.env;
  const device = wanted ? deviceNamed(wanted, devices, stack.name) : undefined;
  const { headscale, site } = coordinatorAmong(stack.deployed);
  if (device === undefined) {
    console.log(reportOf(devices, await knownNodes(headscale), declaredNodes(stack.states)));
    return 0;
  }
  const { key, expiration } = await newKey(headscale, { user: device.user, minutes: MINUTES });
  console.log(joinCommand(site, key, device));
  // Beside the command, which standard output has alone.
  console.error(`For ${device.name}, a device of ${device.user}: good for one use, until ${minuteOf(expiration)}.`);
  return 0;
});
