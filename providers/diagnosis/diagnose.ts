import { asSent, type Alteration } from "./alterations";
import type { Rejection, WebhookRequest } from "../engine/request";
import type { KeyFormat, Scheme } from "../engine/scheme";
import { verify } from "../engine/verify";

/** The check that a request failed, and why, if that is known. */
export type Cause =
  | "header_missing"
  | "header_malformed"
  | "body_malformed"
  /** The time of signing is outside the window. */
  | "clock"
  /** A secret would match if it were stored without white space, or read in another encoding. */
  | "secret_form"
  /** A secret of another provider signed the request. */
  | "other_provider"
  /** A secret would match if the configured URL were the one that the provider signs. */
  | "url"
  /** A secret would match if the body were written differently: something changed it between the provider and here. */
  | "body_altered"
  /** No secret matches, in any variant that was tried. */
  | "no_secret_matched";

/** Result for the operator, never for the provider. Contains no secret, no signature and nothing of the body. */
export interface Diagnosis {
  readonly cause: Cause;
  readonly detail: string;
  /** Seconds by which the time of signing is ahead of our clock, negative if behind. Only for the cause `clock`. */
  readonly secondsOff?: number;
}

/** A rejected request, and what it was verified with. */
export interface Evidence {
  readonly request: WebhookRequest;
  readonly rejection: Rejection;
  readonly secrets: readonly string[];
  /** Time of the verification, in milliseconds since the epoch. */
  readonly now: number;
  /** Response to the scheme's key request. */
  readonly fetched?: string | undefined;
  /** Live secrets of other providers with the same scheme, by the provider's name. */
  readonly others?: ReadonlyMap<string, readonly string[]>;
  /** Returns milliseconds of processor time, for the budget. Without it only the body's size limits what is tried. */
  readonly clock?: () => number;
}

/** Largest body of which variants are tried, in bytes. */
export const MAX_DIAGNOSED_BYTES = 256 * 1024;

/**
 * Milliseconds of processor time after which no further variant is tried. All variants of a webhook of some kilobytes
 * take one or two. A variant in progress is finished, which takes a few more for a body of {@link MAX_DIAGNOSED_BYTES}.
 */
export const DIAGNOSIS_BUDGET_MS = 15;

/**
 * Finds out why a request was rejected: verifies it again with one thing changed, likely changes first, until one fits
 * or {@link DIAGNOSIS_BUDGET_MS} are over. That costs more than the rejection itself, so the caller must limit how
 * often it is done. Never throws.
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

/**
 * Returns whether only the time is wrong, as if the provider held the message back for long, or no secret matches
 * either, as if an attacker guessed the signature or another secret was used.
 */
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

/**
 * Returns whether one of the secrets signed the request. The time of signing does not matter here: a time in the body
 * is checked after the signature.
 */
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
    // The secret cannot be read as a key in this form.
    return false;
  }
}

interface SecretForm {
  readonly secret: string;
  readonly scheme: Scheme;
  readonly how: string;
}

/**
 * Prefixes that some providers show with their secrets. With some the prefix is part of the key, with others it is not.
 */
const PREFIX = /^(?:v1,)?(?:whsec|whsk)_/;

const ENCODINGS: readonly (readonly [KeyFormat["encoding"], string])[] = [
  ["utf8", "as text, not decoded"],
  ["base64", "decoded from base64"],
  ["hex", "decoded from hexadecimal"],
];

/** Returns what a secret may be after a mistake in copying it or in choosing the scheme. */
function formsOf(secret: string, scheme: Scheme): readonly SecretForm[] {
  const { verify: how } = scheme;
  const trimmed = secret.trim();
  const unquoted = trimmed.replace(/^(["'])(.*)\1$/, "$2");
  const bare = unquoted.replace(PREFIX, "");
  // List the plainest form last: of forms with the same text, the last one describes it.
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
  // Copy the scheme for each form, so that the compiled original and its keys stay as they are.
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
