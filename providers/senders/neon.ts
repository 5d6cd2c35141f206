import { headerNames, isPlain, readHeader } from "../engine/headers";
import { reject } from "../engine/request";
import { header } from "../engine/references";
import { parseTime } from "../engine/timestamp";
import { ConfigurationError } from "../engine/errors";
import { outsideWindow } from "../engine/clock";
import { keyFromSet, makeJws, parseJws, signedByKey } from "../recipes/jwt";
import { configuredKeySet, isUrl } from "../recipes/key-set";
import { signingSecret } from "../engine/secrets";
import { keyPair } from "../engine/test-keys";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup: Setup = {
  docs: "https://neon.com/docs/auth/guides/webhooks",
  where: "PUT /projects/{project}/branches/{branch}/auth/webhooks of the Neon API",
  secret: "the address of the project's key set, `<Neon Auth URL>/.well-known/jwks.json`",
  notes:
    "Blocking events (OTP delivery, sign-up checks) want an answer of your own; this inbox takes events and answers none.",
};

const ID = "neon";
const SIGNATURE = headerNames(["X-Neon-Signature"]);
const KEY_ID = headerNames(["X-Neon-Signature-Kid"]);
const TIMESTAMP = headerNames(["X-Neon-Timestamp"]);

/** Seconds that clocks may differ, as Neon's docs suggest. */
const WINDOW = 300;

/**
 * Largest body that is verified, in bytes: it is encoded twice before it is hashed. Neon sends little more than a user.
 */
const MAX_BODY_BYTES = 256 * 1024;

/** Returns the signed payload of the JWS: time and body, both encoded in base64url, the body twice. */
function covered(time: string, body: Buffer): string {
  return Buffer.from(`${time}.${body.toString("base64url")}`).toString("base64url");
}

/**
 * A header has a detached JWS under Ed25519. The secret is the URL of the project's key set: `https://<Neon Auth
 * host>/.../.well-known/jwks.json`.
 */
export default defineScheme({
  id: ID,
  name: "Neon Auth",
  verify: {
    kind: "custom",
    proof:
      "a detached JWS (Ed25519) in `X-Neon-Signature` over `X-Neon-Timestamp` and the body; window 300 s; the key is fetched",
    ownKeyPair: true,
    requiredHeaders: [SIGNATURE.name, KEY_ID.name, TIMESTAMP.name],
    signatureHeader: SIGNATURE.name,
    keyRequest: (_request, secrets) => configuredKeySet(secrets, ID),
    verify({ request, secrets, now, fetched }) {
      const wrong = secrets.findIndex((secret) => !isUrl(secret));
      if (wrong >= 0)
        throw new ConfigurationError(`secret ${wrong} of scheme ${ID} is not the address of a key set`);
      const value = readHeader(request.headers, SIGNATURE);
      if (typeof value !== "string") return value;
      const keyId = readHeader(request.headers, KEY_ID);
      if (typeof keyId !== "string") return keyId;
      const time = readHeader(request.headers, TIMESTAMP);
      if (typeof time !== "string") return time;
      const token = parseJws(value);
      if (!token || token.payload !== "")
        return reject("header_malformed", `${SIGNATURE.label} is not a detached JWS`);
      const timestamp = isPlain(time) ? parseTime(time, "ms") : undefined;
      if (timestamp === undefined)
        return reject("header_malformed", `${TIMESTAMP.label} is not in whole milliseconds`);
      const late = outsideWindow(timestamp, now, WINDOW);
      if (late) return late;
      if (request.body.length > MAX_BODY_BYTES)
        return reject("body_malformed", `the body has more than ${MAX_BODY_BYTES} bytes`);
      const key = keyFromSet(fetched, keyId);
      if (!key || !signedByKey(token, key, ["EdDSA"], covered(time, request.body))) {
        return reject("signature_mismatch", "no key of the set with the named id signed this");
      }
      return { ok: true, secretIndex: 0, timestamp };
    },
    sign(message) {
      const time = String(Math.floor(message.now));
      const keyId = "test-key";
      const full = makeJws(
        { alg: "EdDSA", kid: keyId },
        covered(time, message.body),
        signingSecret(ID, message),
      );
      const [head = "", , signature = ""] = full.split(".");
      return {
        headers: {
          [TIMESTAMP.name]: time,
          [KEY_ID.name]: keyId,
          [SIGNATURE.name]: `${head}..${signature}`,
          ...(message.id !== undefined && { "X-Neon-Event-Id": message.id }),
          ...(message.type !== undefined && { "X-Neon-Event-Type": message.type }),
        },
        body: message.body,
      };
    },
    newSecret: () => ({
      secret: "https://auth.example.com/.well-known/jwks.json",
      signWith: keyPair("ed25519").signWith,
    }),
  },
  event: {
    id: "event_id",
    deliveryId: "X-Neon-Event-Id",
    type: ["event_type", header("X-Neon-Event-Type")],
    time: "timestamp",
  },
});

export const sample: Sample = {
  body: { event_id: "e1", event_type: "user.created", timestamp: NOON },
  event: { id: "e1", type: "user.created", time: NOON },
};
