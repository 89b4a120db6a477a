/** The file of ours. Its name comes after `99-protect-links.conf` and `99-sysctl.conf`, which distributions have. */
export const FILE = "/etc/sysctl.d/99-vpai.conf";

/** How a line begins that another file has and that would win over ours at some time. */
const ASIDE = "# vpai: ";

/** Other files that set values at boot, or whenever the firewall starts. Those below /usr come before ours. */
const OTHERS = "/etc/sysctl.conf /etc/ufw/sysctl.conf /etc/sysctl.d/*.conf";

/**
 * Prints what is effective, a line for each pattern of a path below /proc/sys: its values, each once. Empty: there is none. A
 * network's interfaces come and go meanwhile.
 */
export const READ = `set -u
for pattern; do
  cat /proc/sys/$pattern 2>/dev/null | sort -u | tr '\\n' ',' | sed 's/,$//'
  echo
done`;

/** Prints each line of another file that sets one of the keys otherwise, or makes it a comment. */
const CONFLICTS = `conflicts() {
  for file in ${OTHERS}; do
    [ -f "$file" ] && [ "$file" != ${FILE} ] || continue
    awk -v wanted="$*" -v out="$1" -v file="$file" '
      BEGIN { count = split(wanted, pairs, " ") }
      { key = $0; gsub(/[ \\t]/, "", key); value = key
        sub(/=.*/, "", key); sub(/^-/, "", key); sub(/^[^=]*=?/, "", value); gsub("/", ".", key); aside = 0
        for (i = 2; i <= count; i++) {
          regex = pairs[i]; sub(/=.*/, "", regex); expected = pairs[i]; sub(/^[^=]*=/, "", expected)
          if (key ~ ("^" regex "$") && value != expected) aside = 1
        }
        if (aside) print file ": " $0
        if (out != "none") print (aside ? "${ASIDE}" : "") $0 > out }' "$file"
    if [ "$1" != none ] && [ -e "$1" ]; then
      target=$(realpath "$file"); chown --reference="$target" "$1"; chmod --reference="$target" "$1"; sync "$1"; mv -fT "$1" "$target"
    fi
  done
}`;

/** Exits with 1 unless the file of ours is standard input, and no other file says otherwise. Arguments: `regex=value` */
export const PERSISTS = `set -eu
${CONFLICTS}
cmp -s - ${FILE} || exit 1
[ -z "$(conflicts none "$@")" ]`;

/** Writes the file of ours, which is standard input. Arguments: `regex=value`. Prints lines of others that are comments now. */
export const WRITE = `set -eu
${CONFLICTS}
mkdir -p /etc/sysctl.d
cat > ${FILE}.new; chmod 0644 ${FILE}.new; sync ${FILE}.new; mv -fT ${FILE}.new ${FILE}
conflicts ${FILE}.other "$@"`;

/** Sets values at once. Arguments: a pattern below /proc/sys and its value, in turn. */
export const APPLY = `set -eu
while [ $# -gt 0 ]; do
  for file in /proc/sys/$1; do
    [ -e "$file" ] || continue
    printf '%s\\n' "$2" > "$file" || [ ! -e "$file" ]
  done
  shift 2
done`;

/** Keeps files and values in the current folder. Arguments: patterns below /proc/sys */
export const SAVE = `set -eu
mkdir -p /etc/sysctl.d
for file in etc/sysctl.conf etc/ufw/sysctl.conf etc/sysctl.d; do [ ! -e "/$file" ] || echo "$file"; done |
  tar --create --file sysctl.tar --directory / --files-from -
for pattern; do grep --with-filename . /proc/sys/$pattern 2>/dev/null || :; done > values`;

/** Brings them back from there. */
export const RESTORE = `set -eu
rm -f ${FILE}; tar --extract --file sysctl.tar --directory /
while IFS=: read -r file value; do
  [ ! -e "$file" ] || printf '%s\\n' "$value" > "$file" || :
done < values`;
