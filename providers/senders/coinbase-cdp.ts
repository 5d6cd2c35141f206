import { encodeSignature, signatureDecoder } from "../engine/encoding";
import { describedBy, headerNames, isPlain, readHeader } from "../engine/headers";
import { reject, type Rejection, type RequestHeaders, type WebhookRequest } from "../engine/request";
import { header } from "../engine/references";
import { parseTime } from "../engine/timestamp";
import { outsideWindow } from "../engine/clock";
import { hmac, matchSecret, sameBytes, sharedSecret, signingSecret } from "../engine/secrets";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { everyEventHasAnIdAndATime } from "../recipes/otherwise";

export const setup: Setup = {
  docs: "https://docs.cdp.coinbase.com/webhooks/verify-signatures",
  where: "POST /platform/v2/data/webhooks/subscriptions of the API, or the CDP CLI",
  secret: "metadata.secret of its answer, shown once",
  notes: "For Coinbase Commerce, which it replaces, see the scheme `coinbase-commerce`.",
};

const ID = "coinbase-cdp";
const SIGNATURE = headerNames(["X-Hook0-Signature"]);
const decode = signatureDecoder("hex", 32);

/** Seconds that clocks may differ, as in Coinbase's own sample. */
const WINDOW = 300;

/** Most signed headers of a request; Coinbase signs three. */
const MAX_SIGNED_HEADERS = 50;

/** Signed headers with the event's id. The second is from Coinbase's first version. */
const ID_HEADERS = ["x-event-id", "x-hook0-id"];

interface Parts {
  readonly time: string;
  /** Names of the signed headers as they are written, which is how they are signed. */
  readonly listed: string;
  readonly signature: Buffer;
}

/** Returns the parts of `t=<s>,v0=<hex>,h=<names>,v1=<hex>`; undefined if one is missing or repeated. */
function partsOf(value: string): Parts | undefined {
  const pairs = value.split(",").map((part): [string, string] => {
    const [name = "", text = ""] = part.split(/=(.*)/s);
    return [name.trim(), text.trim()];
  });
  const parts = new Map(pairs);
  const signature = decode(parts.get("v1") ?? "");
  const [time, listed] = [parts.get("t"), parts.get("h")];
  if (parts.size !== pairs.length || time === undefined || listed === undefined || !signature)
    return undefined;
  return { time, listed, signature };
}

const namesIn = (listed: string): readonly string[] => listed.toLowerCase().split(" ");

/** Returns the values of the listed headers, in their order, or why one of them cannot be signed content. */
function valuesOf({ headers }: WebhookRequest, listed: string): readonly string[] | Rejection {
  const signed = namesIn(listed);
  if (signed.length > MAX_SIGNED_HEADERS)
    return reject("header_malformed", `${SIGNATURE.label} lists too many`);
  const values = signed.map((name) => (Object.hasOwn(headers, name) ? (headers[name] ?? []) : []));
  if (values.every(([only, ...more]) => only !== undefined && more.length === 0 && isPlain(only)))
    return values.map(([only = ""]) => only);
  return reject("header_malformed", "a signed header is missing, was sent twice, or is not printable ASCII");
}

/** Returns the headers of a request that Coinbase signs. */
function describedIn(headers: RequestHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ["content-type", ...ID_HEADERS, "x-event-type"].flatMap((name) => {
      const value = describedBy(headers, [name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * Coinbase signs as Hook0 does: the time, the names and the values of some headers, and the body. Its weaker `v0`
 * leaves out the headers, and with them the event's id. It is ignored, so that nobody can remove the stronger
 * signature.
 */
export default defineScheme({
  id: ID,
  name: "Coinbase Developer Platform",
  confidence: "official",
  verify: {
    kind: "custom",
    proof:
      "HMAC-SHA-256 in `X-Hook0-Signature` (`v1`, hex) over its field `t`, names and values of the headers in its field `h`, and the body; window 300 s",
    requiredHeaders: [SIGNATURE.name],
    signatureHeader: SIGNATURE.name,
    verify({ request, secrets, now }) {
      const value = readHeader(request.headers, SIGNATURE);
      if (typeof value !== "string") return value;
      const parts = isPlain(value) ? partsOf(value) : undefined;
      if (!parts)
        return reject("header_malformed", `${SIGNATURE.label} does not hold t, h and v1, each once`);
      const { time, listed, signature } = parts;
      const timestamp = parseTime(time, "s");
      if (timestamp === undefined)
        return reject("header_malformed", `t of ${SIGNATURE.label} is not in whole seconds`);
      const values = valuesOf(request, listed);
      if ("ok" in values) return values;
      const late = outsideWindow(timestamp, Math.floor(now / 1000) * 1000, WINDOW);
      if (late) return late;
      const head = `${time}.${listed}.${values.join(".")}.`;
      return matchSecret(
        secrets,
        (secret) => sameBytes(hmac("sha256", secret, head, request.body), signature),
        timestamp,
      );
    },
    sign(message) {
      const { original } = message;
      const signed: Readonly<Record<string, string>> = original
        ? describedIn(original)
        : {
            "Content-Type": "application/json",
            "X-Event-Id": message.id ?? "00000000-0000-0000-0000-000000000000",
            "X-Event-Type": message.type ?? "wallet.activity.detected",
          };
      const time = String(Math.floor(message.now / 1000));
      const listed = Object.keys(signed).join(" ").toLowerCase();
      const head = `${time}.${listed}.${Object.values(signed).join(".")}.`;
      const signature = hmac("sha256", signingSecret(ID, message), head, message.body);
      return {
        headers: {
          ...(!original && signed),
          [SIGNATURE.name]: `t=${time},h=${listed},v1=${encodeSignature(signature, "hex")}`,
        },
        body: message.body,
      };
    },
    newSecret: sharedSecret,
    eventId({ headers }) {
      const [value = ""] = headers[SIGNATURE.name.toLowerCase()] ?? [];
      const signed = namesIn(partsOf(value)?.listed ?? "");
      const [id] = ID_HEADERS.filter((name) => signed.includes(name)).flatMap((name) => headers[name] ?? []);
      return id?.trim() === "" ? undefined : id;
    },
  },
  event: { type: ["eventType", "type", header("X-Event-Type")], time: "createdAt" },
  otherwise: everyEventHasAnIdAndATime,
});

export const sample: Sample = {
  body: { eventType: "wallet.activity.detected", createdAt: NOON },
  event: { type: "wallet.activity.detected", time: NOON },
};
