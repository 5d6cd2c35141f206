import { sign as signBytes, verify as verifyBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { describedBy, headerNames, isPlain, readHeader } from "../engine/headers";
import { allowedKeyUrl } from "../engine/key-url";
import { reject } from "../engine/request";
import type { Scheme } from "../engine/scheme";
import { header } from "../engine/references";
import { parseTime } from "../engine/timestamp";
import { defineScheme } from "./define-scheme";
import { certificateOf, decodeBase64 } from "./certificate";
import { outsideWindow } from "../engine/clock";
import { matchSecret, signingSecret } from "../engine/secrets";
import { NOON, type Sample, type Setup } from "../engine/sender";
import type { SigningMessage } from "../engine/signing-message";
import { keyPair } from "../engine/test-keys";
import type { SignedMessage } from "../engine/custom-verification";

const HEADERS = {
  id: "Paypal-Transmission-Id",
  time: "Paypal-Transmission-Time",
  signature: "Paypal-Transmission-Sig",
  certificate: "Paypal-Cert-Url",
  algorithm: "Paypal-Auth-Algo",
} as const;
const signatureHeader = headerNames([HEADERS.signature]);

/**
 * Hosts of the certificates. Sandbox and live have different ones, so that a test event is never accepted as a payment.
 */
const HOSTS = {
  paypal: /^api(?:-m)?\.paypal\.com$/,
  "paypal-sandbox": /^api(?:-m)?\.sandbox\.paypal\.com$/,
} as const;

/**
 * Seconds after signing for which a request is accepted: PayPal retries for three days with the time of the first
 * attempt, and two more days allow for outages of the inbox.
 */
const WINDOW = 5 * 86_400;

const content = (id: string, time: string, webhookId: string, body: Buffer): Buffer =>
  Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`);

function signAt(id: keyof typeof HOSTS, message: SigningMessage): SignedMessage {
  const transmission = message.id ?? "00000000-0000-0000-0000-000000000000";
  const time = new Date(message.now).toISOString();
  // Split `<webhook id>:<private key>`: the provider has both.
  const [webhookId = "", key = ""] = signingSecret(id, message).split(/:(.*)/s);
  return {
    headers: {
      [HEADERS.id]: transmission,
      [HEADERS.time]: time,
      [HEADERS.algorithm]: "SHA256withRSA",
      [HEADERS.certificate]: `https://api.${id === "paypal" ? "" : "sandbox."}paypal.com/v1/notifications/certs/CERT-test`,
      [HEADERS.signature]: signBytes(
        "sha256",
        content(transmission, time, webhookId, message.body),
        key,
      ).toString("base64"),
    },
    body: message.body,
  };
}

/**
 * Returns a scheme with RSA over the transmission, the webhook's id and a CRC-32 of the body. The secret is the
 * webhook's id, as PayPal's dashboard shows it. The certificate is trusted because it comes from PayPal's own host over
 * TLS.
 *
 * A CRC-32 is not a cryptographic hash: anyone who has captured a request can make another body with the same sum,
 * which only the id of the event in it and the window limit. That is PayPal's design; the postback API would need an
 * account's credentials and one call for each webhook.
 */
export function paypalAt(id: keyof typeof HOSTS, name: string): Scheme {
  return defineScheme({
    id,
    name,
    confidence: "official",
    covers: "part",
    verify: {
      kind: "custom",
      proof:
        "RSA with SHA-256 in `Paypal-Transmission-Sig` over the transmission's id and time, the webhook's id and a CRC-32 of the body; window five days; the certificate is fetched from PayPal",
      requiredHeaders: Object.values(HEADERS),
      onlyProviderSigns:
        "Handlers check PayPal's signature with the certificate that they fetch from PayPal.",
      signatureHeader: HEADERS.signature,
      keyRequest({ headers }) {
        const url = allowedKeyUrl(describedBy(headers, [HEADERS.certificate]), [
          { host: HOSTS[id], path: /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]{1,200}$/ },
        ]);
        return url === undefined ? undefined : { url };
      },
      verify({ request, secrets, now, fetched }) {
        const texts: Partial<Record<keyof typeof HEADERS, string>> = {};
        for (const [part, headerName] of Object.entries(HEADERS)) {
          const value = readHeader(request.headers, headerNames([headerName]));
          if (typeof value !== "string") return value;
          if (!isPlain(value))
            return reject("header_malformed", `header ${headerName} is not printable ASCII`);
          texts[part as keyof typeof HEADERS] = value;
        }
        const { id: transmission = "", time = "", algorithm, signature: text = "" } = texts;
        if (algorithm !== "SHA256withRSA")
          return reject("header_malformed", `header ${HEADERS.algorithm} is not SHA256withRSA`);
        const timestamp = parseTime(time, "iso");
        if (timestamp === undefined)
          return reject("header_malformed", `header ${HEADERS.time} is not in RFC 3339`);
        const signature = decodeBase64(text);
        if (!signature) return reject("header_malformed", `${signatureHeader.label} is not base64`);
        const certificate = certificateOf(fetched, now);
        if (!certificate)
          return reject(
            "signature_mismatch",
            "there is no valid certificate at the address, or it is not PayPal's",
          );
        const verdict = matchSecret(
          secrets,
          (webhookId) =>
            verifyBytes(
              "sha256",
              content(transmission, time, webhookId, request.body),
              certificate,
              signature,
            ),
          timestamp,
        );
        return verdict.ok ? (outsideWindow(timestamp, now, WINDOW) ?? verdict) : verdict;
      },
      sign: (message) => signAt(id, message),
      newSecret: () => ({
        secret: "1JE4291016473214C",
        signWith: `1JE4291016473214C:${keyPair("rsa").signWith}`,
      }),
    },
    event: { id: "id", deliveryId: header(HEADERS.id), type: "event_type", time: "create_time" },
  });
}

export const paypalSetup: Setup = {
  docs: "https://developer.paypal.com/api/rest/webhooks/rest/",
  where: "Developer Dashboard > Apps & Credentials > your app > Webhooks",
  secret: "the webhook's id",
  notes:
    "A request is taken for five days after it was signed: PayPal tries again for three. Until then, who has captured one can send another body with the same CRC-32.",
};

export const paypalSample: Sample = {
  body: { id: "WH-1", event_type: "PAYMENT.CAPTURE.COMPLETED", create_time: NOON },
  event: { id: "WH-1", type: "PAYMENT.CAPTURE.COMPLETED", time: NOON },
};
