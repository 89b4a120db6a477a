/** Name of the nftables table that closes a host; nobody else writes to it. */
export const ISOLATION = "vpai_isolation";

/** Bridges of Docker's networks, as it names them. */
const BRIDGES = '{ "br-*", "docker*" }';

/** The resolver that the engine gives a host which is itself a container: it asks outside, wherever a closed packet filter cannot see it. */
const ENGINE_RESOLVER = "127.0.0.11";

/**
 * What a closed host sends, for itself and for its containers: answers to whoever has come to it, and packets to its own networks and to
 * `own`. All else is refused at once, and counted. A second look behind the translation of addresses counts, and drops, what got past that:
 * nothing, unless somebody opened the first one.
 * @param own IPv4 addresses that it may reach
 */
export const isolationOf = (own: readonly string[]): string => `table inet ${ISOLATION}
delete table inet ${ISOLATION}
table inet ${ISOLATION} {
  counter refused { }
  counter past { }
  set own { type ipv4_addr; ${own.length === 0 ? "" : `elements = { ${own.join(", ")} }; `}}
  chain output {
    type filter hook output priority filter - 10; policy accept;
    ip daddr ${ENGINE_RESOLVER} goto refuse
    oifname "lo" accept
    goto closed
  }
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    goto closed
  }
  chain closed {
    jump inside
    ip daddr { 224.0.0.0/4, 255.255.255.255 } drop
    ip6 daddr ff00::/8 drop
    goto refuse
  }
  chain inside {
    oifname ${BRIDGES} accept
    ct direction reply ct state established,related accept
    ip daddr @own accept
  }
  chain refuse {
    counter name "refused"
    meta l4proto tcp reject with tcp reset
    reject with icmpx admin-prohibited
  }
  chain past {
    type filter hook postrouting priority srcnat + 50; policy accept;
    oifname "lo" accept
    jump inside
    counter name "past" drop
  }
}
`;
