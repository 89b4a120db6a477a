/**
 * Whether an error of TLS is the other side's refusal of the handshake, as by a server that shows nobody a certificate for a name: an alert,
 * which OpenSSL names by a code of its own, or, where a request waits for the handshake's end, in words.
 */
export const refusesHandshake = ({ code = "", message }: NodeJS.ErrnoException): boolean =>
  /^ERR_SSL_(?:TLSV1|TLSV13|SSLV3)_/.test(code) || (code === "EPROTO" && message.includes("SSL alert number"));
