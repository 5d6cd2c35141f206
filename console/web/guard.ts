import { randomBytes, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";

/** Field of a form that proves that it is one of this console's. */
export const TOKEN_FIELD = "token";

/** Nothing but this console's own files runs, loads, frames or receives anything. */
const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // Not no-referrer: browsers then hide the origin of our own forms, too.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
} as const;

export interface Guard {
  /** Goes into every form that changes something. */
  readonly token: string;
  readonly middleware: MiddlewareHandler;
}

/**
 * Keeps other sites out of a server on loopback. A name that was rebound to 127.0.0.1 fails at the Host header; a form
 * or a script of another site at the Origin header and at the token, which it cannot read.
 * @param allowWrites without it every request that changes something is refused
 */
export function guard(allowWrites: boolean): Guard {
  const token = randomBytes(24).toString("base64url");
  const middleware: MiddlewareHandler = async (context, next) => {
    const host = context.req.header("host") ?? "";
    if (!isLoopback(host)) return context.text("This console answers on loopback only.", 403);
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `http://${host}`) {
      return context.text("This request comes from another site.", 403);
    }
    if (context.req.method !== "GET" && context.req.method !== "HEAD") {
      if (!allowWrites) {
        return context.text(
          "This console only reads. Start it with --allow-writes to change something.",
          403,
        );
      }
      const form = await context.req.parseBody();
      if (!same(form[TOKEN_FIELD], token)) {
        return context.text("The page is from an earlier start of the console. Load it again.", 403);
      }
    }
    await next();
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  };
  return { token, middleware };
}

function isLoopback(host: string): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

function same(given: unknown, expected: string): boolean {
  if (typeof given !== "string") return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
