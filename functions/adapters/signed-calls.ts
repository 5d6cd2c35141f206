import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/protocols";
import { isThrottlingError, isTransientError, StandardRetryStrategy } from "@smithy/core/retry";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4 } from "@smithy/signature-v4";
import { text } from "node:stream/consumers";
import { errorOf } from "./aws-error";
import { environment } from "./environment";
import { defaultProvider } from "./environment-credentials";
import { traceHeader } from "./trace";

/** Attempts at a call by default, as in the SDK's standard retry mode. */
const ATTEMPTS = 3;

/**
 * Limits of one attempt, in milliseconds: one that hangs is abandoned early enough for the others to fit into the 29 s
 * that API Gateway waits.
 */
const ATTEMPT = { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true };

/** Retries and time limit of a call. */
export interface Patience {
  /** @default 3 */
  readonly maxAttempts: number;
  /** Time limit of all attempts together, in milliseconds. */
  readonly timeoutMs: number;
  /** Maximum of the first pause and of any pause between attempts, in milliseconds. @default the SDK's */
  readonly pausesMs: readonly [number, number];
}

/**
 * Patience of calls for which a provider waits before its webhook is even verified. Parameter Store throttles instances
 * that start together, so these calls are retried more often and after shorter pauses than the SDK makes.
 */
export const HURRIED: Patience = { maxAttempts: 5, timeoutMs: 2_500, pausesMs: [200, 800] };

/** Options of one operation besides its input. */
export interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/** A request to one service. */
export interface CallInput extends CallOptions {
  readonly method: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** S3 bucket: part of the host name if TLS allows that, else of the path. */
  readonly bucket?: string;
}

/**
 * Calls a service and retries as the SDK's standard mode does.
 * @param service name in the signature and in the host, such as `dynamodb`
 * @param path with escaped segments
 * @returns the JSON of the answer, `{}` if it has none
 * @throws an `AwsError` for any answer but 2xx; the socket's error, `TimeoutError` or `AbortError` if there was none
 */
export type SignedCall = (
  service: string,
  path: string,
  input: CallInput,
) => Promise<Record<string, unknown>>;

/**
 * Returns a function that calls AWS with the parts of the SDK's clients (signer, HTTP handler, retries) but without the
 * clients: those of S3, DynamoDB and SQS add 300 KB to each cold start.
 */
export function signedCalls(patience?: Patience): SignedCall {
  const region = environment("AWS_REGION");
  const handler = new NodeHttpHandler(ATTEMPT);
  const credentials = defaultProvider();
  const retries = new StandardRetryStrategy({
    maxAttempts: patience?.maxAttempts ?? ATTEMPTS,
    ...(patience && { backoff: shortPauses(patience.pausesMs) }),
  });

  async function attempt(service: string, path: string, input: CallInput, abortSignal?: AbortSignal) {
    const { method, query, headers, bucket } = input;
    const endpoint = endpointOf(service, region, path, bucket);
    const body = input.body === undefined ? undefined : Buffer.from(input.body);
    const trace = traceHeader();
    const request = new HttpRequest({
      ...endpoint,
      method,
      query: { ...query },
      headers: {
        ...headers,
        host: endpoint.port === undefined ? endpoint.hostname : `${endpoint.hostname}:${endpoint.port}`,
        ...(body && { "content-length": String(body.length) }),
        ...(trace !== undefined && { "X-Amzn-Trace-Id": trace }),
      },
      body,
    });
    // Escape the path a second time for the signature, which every service but S3 requires.
    const uriEscapePath = service !== "s3";
    const signer = new SignatureV4({ service, region, credentials, sha256: Sha256, uriEscapePath });
    const signed = await signer.sign(request);
    const { response } = await handler.handle(new HttpRequest(signed), abortSignal ? { abortSignal } : {});
    const answer = await text(response.body as NodeJS.ReadableStream);
    if (response.statusCode < 200 || response.statusCode > 299)
      throw errorOf(response.statusCode, response.headers["x-amzn-errortype"], answer);
    return answer === "" ? {} : (JSON.parse(answer) as Record<string, unknown>);
  }

  return async (
    service,
    path,
    { abortSignal = patience && AbortSignal.timeout(patience.timeoutMs), ...input },
  ) => {
    let token = await retries.acquireInitialRetryToken(service);
    for (;;) {
      try {
        const answer = await attempt(service, path, input, abortSignal);
        retries.recordSuccess(token);
        return answer;
      } catch (thrown) {
        const error = thrown as SdkError;
        const next = await retries
          .refreshRetryTokenForRetry(token, { error, errorType: typeOf(error) })
          .catch(() => undefined);
        if (!next) throw error;
        token = next;
      }
    }
  };
}

/**
 * Returns an operation of a service that speaks JSON.
 * @param target such as `AmazonSQS.SendMessage`
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export function jsonOperation<Input, Output = Record<string, unknown>>(
  call: SignedCall,
  service: string,
  target: string,
  version: "1.0" | "1.1" = "1.0",
) {
  const headers = { "content-type": `application/x-amz-json-${version}`, "x-amz-target": target };
  return (input: Input, options: CallOptions = {}): Promise<Output> => {
    const body = JSON.stringify(input);
    return call(service, "/", { method: "POST", headers, body, ...options }) as Promise<Output>;
  };
}

/** Error of concurrent PutParameter calls, which the SDK does not retry. */
const TOO_MANY_UPDATES = "TooManyUpdates";

type SdkError = Parameters<typeof isTransientError>[0];

function typeOf(error: SdkError): "THROTTLING" | "TRANSIENT" | "CLIENT_ERROR" {
  if (isThrottlingError(error) || error.name === TOO_MANY_UPDATES) return "THROTTLING";
  return isTransientError(error) ? "TRANSIENT" : "CLIENT_ERROR";
}

/** Returns pauses with jitter, so that instances that start together do not retry at the same moment. */
function shortPauses([first, longest]: Patience["pausesMs"]) {
  return {
    setDelayBase: () => undefined,
    computeNextBackoffDelay: (retries: number) => Math.random() * Math.min(longest, first * 2 ** retries),
  };
}

/**
 * Domains of AWS by the first part of the Region; `amazonaws.com` in all others.
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
const SUFFIXES: Readonly<Record<string, string>> = { cn: "amazonaws.com.cn", eusc: "amazonaws.eu" };

/**
 * Returns where a request goes: the service's host in the Region, or the emulator, which takes a bucket only in the
 * path.
 */
function endpointOf(service: string, region: string, path: string, bucket?: string) {
  const emulator = process.env["AWS_ENDPOINT_URL"];
  if (emulator !== undefined) {
    const { protocol, hostname, port } = new URL(emulator);
    return {
      protocol,
      hostname,
      ...(port !== "" && { port: Number(port) }),
      path: bucket === undefined ? path : `/${bucket}${path}`,
    };
  }
  const host = `${service}.${region}.${SUFFIXES[region.split("-")[0] ?? ""] ?? "amazonaws.com"}`;
  const protocol = "https:";
  if (bucket === undefined) return { protocol, hostname: host, path };
  // Keep a bucket with a full stop out of the host: S3's certificate covers only one label in front of it.
  return bucket.includes(".")
    ? { protocol, hostname: host, path: `/${bucket}${path}` }
    : { protocol, hostname: `${bucket}.${host}`, path };
}
