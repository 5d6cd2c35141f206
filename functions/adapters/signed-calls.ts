import { AwsClient } from "aws4fetch";
import { environment } from "./environment";

/** Milliseconds that one call may take; a sender can be waiting for it. */
const CALL_TIMEOUT_MS = 2_500;

/** @returns the JSON of the answer, `{}` where it has none @throws {Error} with status and text of any answer but 2xx */
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
    const response = await client.fetch(`${endpoint}${path}`, {
      ...init,
      aws: { service },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
}
