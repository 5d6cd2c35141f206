import { AwsClient } from "aws4fetch";
import { setTimeout as pause } from "node:timers/promises";
import { environment } from "./environment";

/** Milliseconds that one call may take with its retries; a provider can be waiting for it. */
const CALL_TIMEOUT_MS = 2_500;

/** Attempts at a call that AWS throttles, and the longest first pause between two, in milliseconds. */
const THROTTLED_ATTEMPTS = 5;
const THROTTLED_PAUSE_MS = 100;

/**
 * What the JSON services name their throttling. They answer it with status 400, which aws4fetch does not retry; the 429
 * and 5xx of the others it does.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
 */
const THROTTLED = /\b(?:ThrottlingException|ThrottledException|TooManyUpdates|RequestLimitExceeded)\b/;

/** @returns the JSON of the answer, `{}` if it has none @throws {Error} with status and text of any answer but 2xx */
export type SignedCall = (
  service: string,
  path: string,
  init: { method: string; headers?: Record<string, string>; body?: string },
) => Promise<Record<string, unknown>>;

/**
 * Calls to AWS signed by hand with aws4fetch, for services of which the functions need two or three small JSON calls:
 * client-ssm alone would add 79 KB to the bundle of every cold start.
 */
export function signedCalls(): SignedCall {
  const region = environment("AWS_REGION");
  const client = new AwsClient({
    accessKeyId: environment("AWS_ACCESS_KEY_ID"),
    secretAccessKey: environment("AWS_SECRET_ACCESS_KEY"),
    ...(process.env["AWS_SESSION_TOKEN"] && { sessionToken: process.env["AWS_SESSION_TOKEN"] }),
    region,
    retries: 2,
  });
  return async (service, path, init) => {
    const endpoint = process.env["AWS_ENDPOINT_URL"] ?? `https://${service}.${region}.amazonaws.com`;
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    for (let attempt = 1; ; attempt += 1) {
      const response = await client.fetch(`${endpoint}${path}`, { ...init, aws: { service }, signal });
      const text = await response.text();
      if (response.ok) return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
      const throttled = response.status === 400 && THROTTLED.test(text);
      if (!throttled || attempt === THROTTLED_ATTEMPTS) throw new Error(`${response.status} ${text}`);
      // With jitter, so that instances that start together do not retry at the same moment.
      await pause(Math.random() * THROTTLED_PAUSE_MS * 2 ** attempt, undefined, { signal });
    }
  };
}
