import { createPublicKey, sign as signBytes } from "node:crypto";

/* X.509 certificates, as far as tests and the local stack need them: Node reads certificates and makes none. */

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
const utcTime = (ms: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));

/** Algorithm identifiers `sha256WithRSAEncryption` and `ecdsa-with-SHA256`. */
const ALGORITHMS = {
  rsa: sequence(oid("2a864886f70d01010b"), tlv(0x05)),
  ec: sequence(oid("2a8648ce3d040302")),
} as const;

/** Returns the distinguished name `CN=<name>`. */
const named = (name: string): Buffer =>
  sequence(tlv(0x31, sequence(oid("550403"), tlv(0x0c, Buffer.from(name)))));

/** Extension that lets a certificate sign others. */
export const CERTIFICATE_AUTHORITY = sequence(
  oid("551d13"),
  tlv(0x01, Buffer.from([0xff])),
  tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))),
);

/** Returns an extension without a value, by the hexadecimal content of its object identifier. */
export function markerExtension(identifier: string): Buffer {
  return sequence(oid(identifier), tlv(0x04, tlv(0x05)));
}

export interface TestCertificate {
  /** Private key in PEM, whose public half is certified. */
  readonly key: string;
  /** Beginning of the validity, in milliseconds since the epoch. */
  readonly from: number;
  /** End of the validity, in milliseconds since the epoch. */
  readonly to: number;
  /** @default test */
  readonly name?: string;
  /** Certificate authority that signs the certificate. @default the certificate's own key */
  readonly issuer?: { readonly key: string; readonly name: string };
  readonly extensions?: readonly Buffer[];
}

/** Returns a certificate as DER. */
export function certificateDer({ key, from, to, extensions = [], ...of }: TestCertificate): Buffer {
  const { name = "test", issuer = { key, name } } = of;
  const publicKey = createPublicKey(key);
  const algorithm = ALGORITHMS[createPublicKey(issuer.key).asymmetricKeyType === "ec" ? "ec" : "rsa"];
  const content = sequence(
    // Set version 3, which is required for extensions.
    ...(extensions.length > 0 ? [tlv(0xa0, tlv(0x02, Buffer.from([2])))] : []),
    tlv(0x02, Buffer.from([1])),
    algorithm,
    named(issuer.name),
    sequence(utcTime(from), utcTime(to)),
    named(name),
    publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length > 0 ? [tlv(0xa3, sequence(...extensions))] : []),
  );
  const signature = signBytes("sha256", content, issuer.key);
  return sequence(content, algorithm, tlv(0x03, Buffer.from([0]), signature));
}

/** Returns a self-signed certificate in PEM. @param from milliseconds since the epoch @param to milliseconds since the epoch */
export function certificate(privateKey: string, from: number, to: number): string {
  const lines = certificateDer({ key: privateKey, from, to }).toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
