import { asSent, type Alteration } from "./alterations";
import type { Rejection, WebhookRequest } from "../engine/request";
import type { KeyFormat, Scheme } from "../engine/scheme";
import { verify } from "../engine/verify";

/** Which check a request failed, and where that is known, why. */
export type Cause =
  | "header_missing"
  | "header_malformed"
  | "body_malformed"
  /** Its time of signing is outside the window. */
  | "clock"
  /** A secret would match if it were stored without white space, or read in another encoding. */
  | "secret_form"
  /** A secret of another provider signed it. */
  | "other_provider"
  /** A secret would match if the endpoint's address were configured as the provider knows it. */
  | "url"
  /** A secret would match if the body were written in another way: something changed it between the provider and here. */
  | "body_altered"
  /** No secret matches, whatever was tried. */
  | "no_secret_matched";

/** For the operator, never for the provider. Holds no secret, no signature and nothing of the body. */
export interface Diagnosis {
  readonly cause: Cause;
  readonly detail: string;
  /** Of `clock`: by how much it was signed ahead of our clock; below 0 behind it. */
  readonly secondsOff?: number;
}

/** A rejected request with what it was verified by. */
export interface Evidence {
  readonly request: WebhookRequest;
  readonly rejection: Rejection;
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the scheme's key request brought. */
  readonly fetched?: string | undefined;
  /** Live secrets of other providers with the same scheme, by the provider's name. */
  readonly others?: ReadonlyMap<string, readonly string[]>;
  /** Milliseconds of processor time, for the budget; without it only the size bounds what is tried. */
  readonly clock?: () => number;
}

/** Bodies above this are not written again to be tried, in bytes. */
export const MAX_DIAGNOSED_BYTES = 256 * 1024;

/**
 * Milliseconds of processor time after which nothing more is tried. A webhook of some kilobytes needs one or two for everything; what is
 * under way is finished, which takes a few more for a body of {@link MAX_DIAGNOSED_BYTES}.
 */
export const DIAGNOSIS_BUDGET_MS = 15;

/**
 * Finds out why a request was rejected, by verifying it again with one thing changed, the likely ones first, until one
 * fits or {@link DIAGNOSIS_BUDGET_MS} are over. That is more than rejecting it costs: the caller bounds how often it is
 * done. Never throws.
 */
export function diagnose(scheme: Scheme, evidence: Evidence): Diagnosis {
  const { reason, detail } = evidence.rejection;
  switch (reason) {
    case "timestamp_outside_window":
      return diagnoseClock(scheme, evidence);
    case "signature_mismatch":
      return diagnoseMismatch(scheme, evidence);
    case "header_missing":
    case "header_malformed":
    case "body_malformed":
      return { cause: reason, detail };
  }
}

/** A provider that keeps a message for long signs well; who guesses, or signs with another secret, does not. */
function diagnoseClock(scheme: Scheme, evidence: Evidence): Diagnosis {
  const { rejection, now } = evidence;
  const { timestamp } = rejection;
  if (timestamp === undefined) return { cause: "clock", detail: rejection.detail };
  const signed = isSignedIn(scheme, evidence.request, evidence.secrets, { ...evidence, now: timestamp });
  return {
    cause: "clock",
    secondsOff: Math.round((timestamp - now) / 1000),
    detail: `${rejection.detail}; ${signed ? "apart from that the signature is valid" : "and no secret matches"}`,
  };
}

function diagnoseMismatch(scheme: Scheme, evidence: Evidence): Diagnosis {
  const { request, secrets, rejection, others = new Map<string, readonly string[]>() } = evidence;
  if (request.body.length > MAX_DIAGNOSED_BYTES) {
    const detail = `${rejection.detail}; the body is too large to try common variants`;
    return { cause: "no_secret_matched", detail };
  }
  const { clock = () => 0 } = evidence;
  const end = clock() + DIAGNOSIS_BUDGET_MS;
  const isOver = () => clock() >= end;
  const gaveUp: Diagnosis = {
    cause: "no_secret_matched",
    detail: `${rejection.detail}; there was no time to try every common variant`,
  };
  for (const [index, secret] of secrets.entries()) {
    for (const form of formsOf(secret, scheme)) {
      if (isOver()) return gaveUp;
      if (isSignedIn(form.scheme, request, [form.secret], evidence))
        return { cause: "secret_form", detail: `secret ${index} matches ${form.how}` };
    }
  }
  for (const [name, theirs] of others) {
    if (isOver()) return gaveUp;
    if (theirs.length > 0 && isSignedIn(scheme, request, theirs, evidence)) {
      return { cause: "other_provider", detail: `a secret of the provider ${name} matches` };
    }
  }
  const matches = (change: Alteration) => isSignedIn(scheme, { ...request, ...change }, secrets, evidence);
  for (const change of asSent(scheme, request)) {
    if (isOver()) return gaveUp;
    if (!matches(change)) continue;
    return change.url === undefined
      ? {
          cause: "body_altered",
          detail: `a secret matches the body ${change.how}: something between the provider and here changed it`,
        }
      : {
          cause: "url",
          detail: `a secret matches the address ${change.how}: set url to the address that is registered with the provider`,
        };
  }
  return {
    cause: "no_secret_matched",
    detail: `${rejection.detail}; nor do common variants match (white space, encoding, prefix, re-serialised body)`,
  };
}

/** Whether one of the secrets signed this; a time in the body, which is looked at last, does not matter here. */
function isSignedIn(
  scheme: Scheme,
  request: WebhookRequest,
  secrets: readonly string[],
  { now, fetched }: Pick<Evidence, "now" | "fetched">,
): boolean {
  try {
    const verdict = verify(scheme, request, secrets, now, fetched);
    return verdict.ok || verdict.reason === "timestamp_outside_window";
  } catch {
    // A secret that makes no key in this form.
    return false;
  }
}

interface SecretForm {
  readonly secret: string;
  readonly scheme: Scheme;
  readonly how: string;
}

/** Prefixes that some providers show with their secrets: of some they are part of the key, of others not. */
const PREFIX = /^(?:v1,)?(?:whsec|whsk)_/;

const ENCODINGS: readonly (readonly [KeyFormat["encoding"], string])[] = [
  ["utf8", "as text, not decoded"],
  ["base64", "decoded from base64"],
  ["hex", "decoded from hexadecimal"],
];

/** What a secret can be mistaken for when it is copied, or when a scheme is chosen. */
function formsOf(secret: string, scheme: Scheme): readonly SecretForm[] {
  const { verify: how } = scheme;
  const trimmed = secret.trim();
  const unquoted = trimmed.replace(/^(["'])(.*)\1$/, "$2");
  const bare = unquoted.replace(PREFIX, "");
  // If two of them are the same text, the later one says what it is.
  const texts = new Map([
    ...(how.kind === "token"
      ? ([
          [trimmed.replace(/^Bearer +/i, ""), "without the word Bearer"],
          [`Bearer ${trimmed}`, "with the word Bearer in front"],
        ] as const)
      : []),
    [bare, `without the prefix ${PREFIX.exec(unquoted)?.[0] ?? ""}`],
    [unquoted, "without the quotes around it"],
    [trimmed, "without the white space around it"],
    [secret, ""],
  ]);
  // A scheme of its own each: what is compiled of the real one, with its keys, stays as it is.
  const keys =
    how.kind === "hmac"
      ? ENCODINGS.map(([encoding, said]) => ({
          scheme: { ...scheme, verify: { ...how, key: { encoding } } },
          said: encoding === how.key.encoding ? "" : said,
        }))
      : [{ scheme: { ...scheme }, said: "" }];
  return [...texts].flatMap(([text, textSaid]) =>
    keys.flatMap(({ scheme: other, said }) => {
      const told = [textSaid, said].filter((part) => part !== "").join(", ");
      return told === "" ? [] : [{ secret: text, scheme: other, how: told }];
    }),
  );
}
