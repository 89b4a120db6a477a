import { warn } from "../warn";
import type { Aspect } from "./aspect";

/** The one line of options that a Raspberry Pi's firmware gives its kernel; no other computer has the file. */
const FILE = "/boot/firmware/cmdline.txt";

/** Prints those of the options that are in the file; all of them where there is none. */
const READ = `file=$1; shift
for option; do
  if [ ! -e "$file" ] || tr ' \\n' '\\n\\n' < "$file" | grep -qxF -- "$option"; then echo "$option"; fi
done`;

/** The file is FAT's, and has neither owner nor links: it is written beside and renamed, and the old one is kept. */
const ADD = `set -eu
file=$1; shift
[ "$(grep -c . "$file")" = 1 ] || { echo "expected one line in $file, found $(grep -c . "$file"): mend it by hand" >&2; exit 45; }
line=$(head -n 1 "$file")
for option; do case " $line " in *" $option "*) ;; *) line="$line $option";; esac; done
[ -e "$file.before-vpai" ] || cp "$file" "$file.before-vpai"
printf '%s\\n' "$line" > "$file.candidate"
sync "$file.candidate"; mv -f "$file.candidate" "$file"`;

/** Options of the kernel, from the next boot on. */
export const kernelOptions: Aspect<string[]> = {
  observe: async (host, wanted) =>
    (await host.script(READ, [FILE, ...wanted], { reads: true })).split("\n").filter((option) => option !== ""),
  async ensure(host, wanted) {
    await host.script(ADD, [FILE, ...wanted]);
    warn(`${host.name}: options were added to its kernel's command line, which want a reboot: make reboot HOST=…`);
  },
};
