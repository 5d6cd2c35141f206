import { createHash, createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import { ConfigurationError } from "../engine/errors";
import { asObject, objectOf, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import { reject, type WebhookRequest } from "../engine/request";
import { sameText, signingSecret } from "../engine/secrets";
import { NOON, NOON_MS, type Sample, type Setup } from "../engine/sender";
import { CERTIFICATE_AUTHORITY, certificateDer, markerExtension } from "../engine/test-certificates";
import { keyPair } from "../engine/test-keys";
import { tooLarge, unprovedJson } from "../engine/unproved";
import { defineScheme } from "../recipes/define-scheme";
import { claimsOf, makeJws, parseJws, signedByKey, type Jws } from "../recipes/jwt";

export const setup: Setup = {
  docs: "https://developer.apple.com/documentation/appstoreservernotifications/receiving-app-store-server-notifications",
  where: "App Store Connect > your app > App Information > App Store Server Notifications, version 2",
  secret: "the app's bundle id, such as com.example.shop",
  notes:
    "Enter the address for production and sandbox, or a provider for each: data.environment says which it is. What is signed inside of the notification (signedTransactionInfo) stays as it is.",
};

const ID = "apple-app-store";

/** SHA-256 of the public key (SPKI) of Apple Root CA - G3. @see https://www.apple.com/certificateauthority/ */
const APPLE_ROOT = "9b219d0fbff36a5fb32090571906bceea68617c833a3f61b81e962a8e64db8af";

/**
 * Object identifiers by which Apple marks the certificates that sign for the App Store: 1.2.840.113635.100.6.11.1 and
 * 1.2.840.113635.100.6.2.1. Under the same root, Apple also certifies keys for other purposes.
 * @see https://github.com/apple/app-store-server-library-node/blob/main/jws_verification.ts
 */
const LEAF_MARKER = "2a864886f76364060b01";
const INTERMEDIATE_MARKER = "2a864886f76364060201";

/** Most characters of a token's header: one with three certificates has some 4,500. */
const MAX_HEADER_LENGTH = 12_000;

interface Expected {
  readonly bundleId: string;
  readonly root: string;
}

/** Parses a secret `<bundle id>` or `<bundle id>:<root>`. @throws ConfigurationError if it is neither */
function expectedOf(secret: string, index: number): Expected {
  const [, bundleId, root = APPLE_ROOT] = /^([A-Za-z0-9.-]{1,155})(?::([0-9a-f]{64}))?$/.exec(secret) ?? [];
  if (bundleId === undefined) throw new ConfigurationError(`secret ${index} of scheme ${ID} is no bundle id`);
  return { bundleId, root };
}

const rootOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");

const TEST_BUNDLE = "com.example.shop";

/** Returns a chain of certificates like Apple's, all with one key, for tests and the local stack. */
function chainFor(key: string, now: number): readonly string[] {
  const valid = { key, from: now - DAY_MS, to: now + DAY_MS };
  const [root, intermediate] = [
    { key, name: "root" },
    { key, name: "intermediate" },
  ];
  const extensions = [CERTIFICATE_AUTHORITY, markerExtension(INTERMEDIATE_MARKER)];
  return [
    certificateDer({
      ...valid,
      name: "leaf",
      issuer: intermediate,
      extensions: [markerExtension(LEAF_MARKER)],
    }),
    certificateDer({ ...valid, name: "intermediate", issuer: root, extensions }),
    certificateDer({ ...valid, name: "root", extensions: [CERTIFICATE_AUTHORITY] }),
  ].map((der) => der.toString("base64"));
}

const DAY_MS = 86_400_000;

function tokenOf({ body }: Pick<WebhookRequest, "body">): Jws | undefined {
  const text = textOf(asObject(unprovedJson(body)), "signedPayload");
  return text === undefined ? undefined : parseJws(text, MAX_HEADER_LENGTH);
}

/** Returns the three certificates of the token's `x5c`; undefined if it does not have exactly three. */
function chainOf(token: Jws): readonly [X509Certificate, X509Certificate, X509Certificate] | undefined {
  const listed = asObject(parseJson(Buffer.from(token.header, "base64url")))?.["x5c"];
  if (!Array.isArray(listed) || listed.length !== 3) return undefined;
  try {
    const [leaf, intermediate, root] = listed.map(
      (text) => new X509Certificate(Buffer.from(String(text), "base64")),
    );
    return leaf && intermediate && root ? [leaf, intermediate, root] : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether one certificate was issued by another, and is valid now. */
function isIssued(certificate: X509Certificate, by: X509Certificate, now: number): boolean {
  const { validFrom, validTo } = certificate;
  return (
    certificate.checkIssued(by) &&
    certificate.verify(by.publicKey) &&
    Date.parse(validFrom) <= now &&
    now <= Date.parse(validTo)
  );
}

/**
 * Returns whether a certificate has an extension, by its encoded bytes. Apple writes the rest of the certificate, so
 * nobody else can put these bytes elsewhere.
 */
const isMarked = ({ raw }: X509Certificate, marker: string): boolean => raw.includes(markerExtension(marker));

/**
 * Returns the bundle id of the app that a notification is about, whose location depends on the kind of notification.
 */
function bundleIn(claims: Readonly<Record<string, unknown>>): string | undefined {
  const places = ["data", "summary", "externalPurchaseToken", "appData"];
  return places.map((place) => textOf(objectOf(claims, place), "bundleId")).find((id) => id !== undefined);
}

/**
 * Apple signs for all apps with the same keys, so the signature does not say whose notification it is: the secret is
 * the app's bundle id.
 */
export default defineScheme({
  id: ID,
  name: "Apple App Store Server Notifications (version 2)",
  confidence: "official",
  verify: {
    kind: "custom",
    proof: "the body is a JWS (ES256) with a chain of certificates to Apple Root CA - G3, about your app",
    requiredHeaders: [],
    onlyProviderSigns: "Handlers check Apple's certificates.",
    verify({ request, secrets, now }) {
      const expected = secrets.map(expectedOf);
      const token = tokenOf(request);
      const chain = token && chainOf(token);
      if (!token || !chain)
        return reject(
          "body_malformed",
          tooLarge(request.body) ?? "signedPayload is no JWS with three certificates",
        );
      const [leaf, intermediate, root] = chain;
      const known = rootOf(root.publicKey);
      const roots = expected.filter((one) => sameText(one.root, known));
      const holds =
        isIssued(intermediate, root, now) &&
        isIssued(leaf, intermediate, now) &&
        intermediate.ca &&
        isMarked(intermediate, INTERMEDIATE_MARKER) &&
        isMarked(leaf, LEAF_MARKER);
      if (roots.length === 0 || !holds)
        return reject(
          "signature_mismatch",
          "the certificates are not Apple's for the App Store, or do not hold now",
        );
      if (!signedByKey(token, leaf.publicKey, ["ES256"]))
        return reject("signature_mismatch", "the certificate's key did not sign this");
      const bundle = bundleIn(claimsOf(token) ?? {}) ?? "";
      const secretIndex = expected.findIndex((one) => roots.includes(one) && sameText(one.bundleId, bundle));
      if (secretIndex < 0) return reject("signature_mismatch", "the notification is about another app");
      return { ok: true, secretIndex };
    },
    sign(message) {
      const key = signingSecret(ID, message);
      const payload = message.body.toString("base64url");
      const header = { alg: "ES256", x5c: chainFor(key, message.now) };
      return {
        headers: {},
        body: Buffer.from(JSON.stringify({ signedPayload: makeJws(header, payload, key) })),
      };
    },
    newSecret() {
      const { secret: publicKey, signWith } = keyPair("ec");
      return { secret: `${TEST_BUNDLE}:${rootOf(createPublicKey(publicKey))}`, signWith };
    },
  },
  unwrap: (request) => {
    const token = tokenOf(request);
    return token && claimsOf(token)
      ? { bytes: Buffer.from(token.payload, "base64url"), mediaType: "application/json" }
      : undefined;
  },
  event: {
    id: "notificationUUID",
    type: [["notificationType", "subtype"], "notificationType"],
    time: { ms: "signedDate" },
  },
});

export const sample: Sample = {
  body: {
    notificationType: "DID_RENEW",
    subtype: "BILLING_RECOVERY",
    notificationUUID: "002e14d5-51f5-4503-b5a8-c3a1af68eb20",
    version: "2.0",
    signedDate: NOON_MS,
    data: {
      appAppleId: 41234,
      bundleId: "com.example.shop",
      bundleVersion: "1.2.3",
      environment: "Production",
    },
  },
  event: { id: "002e14d5-51f5-4503-b5a8-c3a1af68eb20", type: "DID_RENEW.BILLING_RECOVERY", time: NOON },
};
