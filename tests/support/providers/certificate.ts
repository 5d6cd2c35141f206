import { createPublicKey, sign as signBytes } from "node:crypto";

/* A self-signed X.509 certificate, as far as tests need one: Node reads certificates and makes none. */

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const utcTime = (ms: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));

/** `sha256WithRSAEncryption` or `ecdsa-with-SHA256`. */
const ALGORITHMS = {
  rsa: sequence(tlv(0x06, Buffer.from("2a864886f70d01010b", "hex")), tlv(0x05)),
  ec: sequence(tlv(0x06, Buffer.from("2a8648ce3d040302", "hex"))),
} as const;

/** `CN=test` */
const NAME = sequence(
  tlv(0x31, sequence(tlv(0x06, Buffer.from("550403", "hex")), tlv(0x0c, Buffer.from("test")))),
);

/** @param from milliseconds since the epoch @param to milliseconds since the epoch */
export function certificate(privateKey: string, from: number, to: number): string {
  const publicKey = createPublicKey(privateKey);
  const algorithm = ALGORITHMS[publicKey.asymmetricKeyType === "ec" ? "ec" : "rsa"];
  const content = sequence(
    tlv(0x02, Buffer.from([1])),
    algorithm,
    NAME,
    sequence(utcTime(from), utcTime(to)),
    NAME,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = signBytes("sha256", content, privateKey);
  const der = sequence(content, algorithm, tlv(0x03, Buffer.from([0]), signature));
  const lines = der.toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
