import { z } from "zod";
import { DEFAULT_MAX_ATTEMPTS } from "../functions/domain/delivery-schedule";
import { problemOfHost } from "../functions/domain/public-address";
import { whyNoOriginal } from "../functions/domain/original";
import { schemeOf } from "../providers";
import { providersIn } from "../statemachines/providers-in";
import type { ConsumerArgs, HttpConsumerArgs, ProviderArgs } from "./arguments";
import { secretRef } from "./secret-ref";
import { wholeNumber } from "./values";

/** Maximum seconds for a consumer's answer. The function ends after 30, and reads and writes around the call. */
const MAX_TIMEOUT_SECONDS = 25;

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const url = z.string("allowed is an address that begins with https://").superRefine((value, context) => {
  const problem = problemOfUrl(value);
  if (problem !== undefined) context.addIssue(problem);
});

/** Returns why an address cannot be a consumer's; undefined if it can. Each connection checks where the name leads. */
function problemOfUrl(value: string): string | undefined {
  if (!URL.canParse(value)) return "allowed is an address that begins with https://";
  const parsed = new URL(value);
  if (parsed.username !== "" || parsed.password !== "")
    return "an address with credentials would put them into the state; a signature proves who calls";
  if (parsed.hash !== "") return "an address without a part behind # is allowed: it is never sent";
  // Allow loopback for the local stack; on AWS the function rejects it at each call.
  if (LOOPBACK.test(parsed.hostname)) return undefined;
  if (parsed.protocol !== "https:")
    return "allowed is an address that begins with https://; http:// only for this machine, on the local stack";
  return problemOfHost(parsed, false);
}

/** Fills in the defaults of a consumer over HTTP. */
export function withHttpDefaults({
  as = "cloudevent",
  concurrency = 10,
  timeoutSeconds = 15,
  maxAttempts = DEFAULT_MAX_ATTEMPTS,
  onFailure = "dead-letter",
  ...given
}: HttpConsumerArgs) {
  return { ...given, as, concurrency, timeoutSeconds, maxAttempts, onFailure };
}

/** Shape of a consumer that is called over HTTP. */
export const http = z.strictObject(
  {
    url,
    secret: secretRef,
    as: z.enum(["cloudevent", "original"], "allowed are cloudevent and original").optional(),
    rate: wholeNumber(1, 1_000).optional(),
    concurrency: wholeNumber(2, 1_000).optional(),
    timeoutSeconds: wholeNumber(1, MAX_TIMEOUT_SECONDS).optional(),
    maxAttempts: wholeNumber(1, 1_000).optional(),
    onFailure: z.enum(["dead-letter", "block"], "allowed are dead-letter and block").optional(),
  },
  "allowed is { url, secret, as, rate, concurrency, timeoutSeconds, maxAttempts, onFailure }",
);

/** Returns why a consumer cannot get the original requests of providers whose events it gets. */
export function impossibleOriginals(
  { http: configured, when }: ConsumerArgs,
  providers: readonly ProviderArgs[],
): readonly string[] {
  if (configured?.as !== "original") return [];
  const wanted = when === undefined ? undefined : providersIn(when);
  return providers.flatMap(({ name, scheme: id, redact = [] }) => {
    const scheme = wanted === undefined || wanted.includes(name) ? schemeOf(id) : undefined;
    if (scheme && redact.length > 0) {
      return [
        `the original of ${name} would have what redact leaves out of its events. Take as: cloudevent, or leave it out with a when such as provider = '<another>'`,
      ];
    }
    const reason = scheme && whyNoOriginal(scheme);
    if (reason === undefined) return [];
    return [
      `the original of ${name} cannot be signed again. ${reason} Take as: cloudevent, or leave it out with a when such as provider = '<another>'`,
    ];
  });
}
