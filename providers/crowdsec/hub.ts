/** Where the packages keep parsers and scenarios; nothing is fetched. A link to one of them is what turns it on. */
export const HUB = "/var/lib/crowdsec/hub";

/** What is on: each as the hub has it, without its author. */
const ON = {
  "parsers/s00-raw": ["syslog-logs"],
  "parsers/s01-parse": ["sshd-logs", "caddy-logs"],
  "parsers/s02-enrich": ["dateparse-enrich", "http-logs"],
  scenarios: [
    ...["ssh-bf", "ssh-slow-bf"],
    ...["http-probing", "http-generic-bf", "http-bad-user-agent", "http-sensitive-files", "http-backdoors-attempts"],
    ...["http-path-traversal-probing", "http-sqli-probing", "http-xss-probing"],
  ],
};

/**
 * What the packages turn on and is off: a list of networks never banned that is not ours; programs that no host has; and what takes a
 * client that reads many documents in a row for a crawler. Collections hold their members to be on, so those that lack one go, too.
 */
const OFF = {
  "parsers/s01-parse": ["apache2-logs", "nginx-logs"],
  "parsers/s02-enrich": ["whitelists"],
  scenarios: ["http-crawl-non_statics", "nginx-req-limit-exceeded"],
  collections: ["apache2", "nginx", "base-http-scenarios"],
};

const pathsOf = (items: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(items).flatMap(([stage, names]) => names.map((name) => `${stage}/${name}.yaml`));

/** Paths below `/etc/crowdsec` of what is on, and of what is off. */
export const HUB_ITEMS = { on: pathsOf(ON), off: pathsOf(OFF) };
