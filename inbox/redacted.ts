import { SAFE_HEADERS } from "../functions/domain/safe-headers";
import type { RejectedRequest } from "../functions/domain/rejected";
import { schemes } from "../providers";

/**
 * Returns what may be shown of a quarantined request: only the length of each header that can contain a signature or a
 * credential.
 */
export function redacted(rejected: RejectedRequest) {
  const { request, ...facts } = rejected;
  const safe: ReadonlySet<string> = new Set(SAFE_HEADERS);
  const hidden = (text: string) => `(${text.length} characters, not shown)`;
  return {
    ...facts,
    request: {
      method: request.method,
      url: request.url === undefined ? null : plainUrl(request.url),
      query: mapValues(request.query ?? {}, hidden),
      headers: mapValues(request.headers, (values, name) => {
        const value = values?.join(", ") ?? "";
        return safe.has(name) ? value : hidden(value);
      }),
      bytes: request.body.length,
      body: bodyOf(rejected),
    },
  };
}

/** Returns a URL without its password and query, which can contain a credential. */
function plainUrl(url: string): string {
  if (!URL.canParse(url)) return "(not shown)";
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** Returns the body as text, or in base64 if it is not text. */
function bodyOf({ scheme: id, request: { body } }: RejectedRequest): string {
  const scheme = schemes[id];
  const bearsSecret =
    scheme?.covers === "nothing" &&
    scheme.verify.kind === "custom" &&
    scheme.verify.requiredHeaders.length === 0;
  if (bearsSecret) return "(not shown: it contains the secret)";
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return body.toString("base64");
  }
}

function mapValues<T>(
  values: Readonly<Record<string, T>>,
  change: (value: T, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
