/**
 * An Ed25519 key pair in OpenSSH's formats. One in 256 of the pairs that ssh2 makes cannot be read, since it strips a public
 * key's leading zero byte: then another one is made.
 */
export async function generatePair(comment: string): Promise<{ private: string; public: string }> {
  const { utils } = (await import("ssh2")).default;
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519", { comment });
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
