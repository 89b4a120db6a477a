/** How often a text is decoded: a URL may stand in a parameter of another one. */
const MOST_DECODINGS = 3;

const PERCENT = 0x25;

/** A text's bytes, and where in the original each of them begins; after the last one, where that ends. */
export interface Decoded {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
}

/** The text as it is, and decoded as often as that makes a difference. */
export function decodings(bytes: Buffer): Decoded[] {
  const found: Decoded[] = [];
  let last: Decoded | undefined = { bytes, starts: new Uint32Array(bytes.length + 1).map((_, index) => index) };
  while (last !== undefined && found.length <= MOST_DECODINGS) {
    found.push(last);
    last = last.bytes.includes(PERCENT) ? percentDecoded(last) : undefined;
  }
  return found;
}

/** Each `%XX` as the byte that it stands for. @returns undefined where there is none */
function percentDecoded({ bytes, starts }: Decoded): Decoded | undefined {
  const decoded = Buffer.alloc(bytes.length);
  const from = new Uint32Array(bytes.length + 1);
  let length = 0;
  for (let index = 0; index < bytes.length; length++) {
    from[length] = starts[index] ?? 0;
    const byte = bytes[index] === PERCENT ? byteOf(bytes[index + 1], bytes[index + 2]) : undefined;
    decoded[length] = byte ?? bytes[index] ?? 0;
    index += byte === undefined ? 1 : 3;
  }
  if (length === bytes.length) return undefined;
  from[length] = starts[bytes.length] ?? 0;
  return { bytes: decoded.subarray(0, length), starts: from };
}

/** The byte that two hexadecimal digits stand for, in either case. */
function byteOf(high: number | undefined, low: number | undefined): number | undefined {
  const digits = String.fromCharCode(high ?? 0, low ?? 0);
  return /^[\da-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
