import { connect } from "node:http2";
import { text } from "node:stream/consumers";
import { requiredHeaders, schemeOf, type ConfiguredScheme } from "../../providers";
import { messageOf } from "../errors";
import type { StackProvider } from "../outputs";
import { ok, problem, unknown, type Check, type Finding } from "./finding";

/** Milliseconds until an endpoint counts as silent; API Gateway answers within 29 s. */
const TIMEOUT_MS = 30_000;

/** Header value that is not a valid signature of any provider. */
const NO_SIGNATURE = "webhook-inbox-doctor";

interface Reply {
  readonly status: number;
  readonly body: string;
}

type Send = (url: string, headers: Readonly<Record<string, string>>) => Promise<Reply>;

/**
 * Checks that the endpoint answers as providers expect. Sends header names in lower case, the only form in HTTP/2: a
 * request validator that does not recognise them answers 400 instead of 401 to a wrong signature.
 */
export const endpoint: Check = {
  name: "endpoint",
  async examine({ outputs }) {
    const provider = outputs.providers.find(({ scheme }) => requiredOf(scheme).length > 0);
    if (!provider) {
      return [
        unknown(
          "endpoint",
          "no provider has a header that the endpoint requires, so there is nothing to try",
        ),
      ];
    }
    const url = `${outputs.api_endpoint}/${provider.name}`;
    const overHttp2 = url.startsWith("https:")
      ? await wrongSignature("endpoint over HTTP/2", http2, url, provider)
      : unknown("endpoint over HTTP/2", "a plain http address speaks HTTP/1.1 only");
    return [
      await missingHeader(url, provider),
      await wrongSignature("endpoint over HTTP/1.1", http1, url, provider),
      overHttp2,
    ];
  },
};

function requiredOf(configured: ConfiguredScheme): readonly string[] {
  const scheme = schemeOf(configured);
  return scheme ? requiredHeaders(scheme) : [];
}

async function missingHeader(url: string, { name }: StackProvider): Promise<Finding> {
  const what = "endpoint without required headers";
  return judged(what, http1(url, {}), 400, `answers ${name} 400 before any code runs`, {
    401: "The request validator is not in force: run `pulumi up`, so that the API is redeployed.",
  });
}

async function wrongSignature(
  what: string,
  send: Send,
  url: string,
  { name, scheme }: StackProvider,
): Promise<Finding> {
  const headers = Object.fromEntries(
    requiredOf(scheme).map((header) => [header.toLowerCase(), NO_SIGNATURE]),
  );
  return judged(what, send(url, headers), 401, `answers ${name} with a wrong signature 401`, {
    400: "The required headers are not recognised in lower case. Report this: providers that use HTTP/2 are rejected.",
  });
}

/** Usual reasons for status codes that a check neither expects nor explains itself. */
const USUALLY: Readonly<Record<number, string>> = {
  403: "API Gateway knows no such path, or a firewall (WAF, resource policy) blocks this machine. Run `pulumi up`.",
  404: "The ingestion function does not know this provider: run `pulumi up`.",
  429: "The throttle is used up at this moment; try again, or raise throttleRateLimit.",
  503: "The secret, the bucket, the table or the queue is not available: see the other lines, and the ingestion function's log.",
};

async function judged(
  what: string,
  reply: Promise<Reply>,
  expected: number,
  good: string,
  meanings: Readonly<Record<number, string>>,
): Promise<Finding> {
  let status: number;
  let body: string;
  try {
    ({ status, body } = await reply);
  } catch (error) {
    return problem(
      what,
      `does not answer: ${messageOf(error)}`,
      "Is the stack deployed, and this machine online?",
    );
  }
  if (status === expected) return ok(what, good);
  const fix =
    meanings[status] ?? USUALLY[status] ?? "Read the ingestion function's log and the API's access log.";
  return problem(what, `answers ${status} where ${expected} is right: ${body.slice(0, 200)}`, fix);
}

const http1: Send = async (url, headers) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: "{}",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, body: await response.text() };
};

const http2: Send = async (url, headers) => {
  const { origin, pathname } = new URL(url);
  const session = connect(origin);
  try {
    return await new Promise<Reply>((resolve, reject) => {
      session.once("error", reject);
      session.setTimeout(TIMEOUT_MS, () => reject(new Error("no answer")));
      const request = session.request({
        ":method": "POST",
        ":path": pathname,
        "content-type": "application/json",
        ...headers,
      });
      request.once("error", reject);
      request.once("response", ({ ":status": status = 0 }) => {
        text(request).then((body) => resolve({ status, body }), reject);
      });
      request.end("{}");
    });
  } finally {
    session.close();
  }
};
