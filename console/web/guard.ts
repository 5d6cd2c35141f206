import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";

/** Name of the form field whose value proves that a form is one of this console's. */
export const TOKEN_FIELD = "token";

/** Headers that let only this console's own files run, load, frame the page or receive anything. */
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
  // Is not no-referrer: with that, browsers hide the origin of the console's own forms, too.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
} as const;

/** Parameter of the address that the console prints, which contains the token. */
const ACCESS_PARAMETER = "token";

const BEARER = /^Bearer (\S+)$/;

const NO_ACCESS = `<!doctype html><meta charset="utf-8"><title>Webhook inbox</title>
<h1>Open the address that the console printed</h1>
<p>It ends with <code>?token=...</code>, another one at each start, and this browser remembers it until then. It is in the
terminal of <code>npm start</code> or <code>npm run console</code>. Scripts send it as
<code>Authorization: Bearer &lt;token&gt;</code>.</p>
`;

export interface Guard {
  /** Token of every form that changes something. */
  readonly token: string;
  readonly middleware: MiddlewareHandler;
}

/** Returns a new token for the console's address. */
export function newAccessToken(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * Keeps other sites, and other users of the machine, out of a server on loopback. A name that was rebound to 127.0.0.1
 * fails at the Host header. A page of another site, also an image in it, fails at Sec-Fetch-Site; its form or script
 * fails at the Origin header as well, and at the form's token, which it cannot read. A client that does not know the
 * printed address has neither the token in it nor the cookie that the first visit sets.
 * @param allowWrites whether requests that change something are accepted
 * @param access token of the console's address
 */
export function guard(allowWrites: boolean, access: string): Guard {
  const token = randomBytes(24).toString("base64url");
  const middleware: MiddlewareHandler = async (context, next) => {
    const host = context.req.header("host") ?? "";
    if (!isLoopback(host)) return context.text("This console answers on loopback only.", 403);
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `http://${host}`) {
      return context.text("This request comes from another site.", 403);
    }
    if (isOfAnotherSite(context)) return context.text("This request comes from another site.", 403);
    const cookie = `webhook-inbox-${/:(\d+)$/.exec(host)?.[1] ?? "80"}`;
    const given = context.req.query(ACCESS_PARAMETER);
    if (context.req.method === "GET" && same(given, access)) {
      setCookie(context, cookie, access, { httpOnly: true, sameSite: "Strict", path: "/" });
      // Redirects to the address without the token, since addresses are copied and kept.
      return context.redirect(withoutToken(context.req.url), 303);
    }
    const bearer = BEARER.exec(context.req.header("authorization") ?? "")?.[1];
    if (!same(getCookie(context, cookie), access) && !same(bearer, access)) {
      return context.html(NO_ACCESS, 401, HEADERS);
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

/**
 * Returns whether a request comes from another site. A link from elsewhere may open a page; no other request of another
 * site, or of another port of this machine, is allowed.
 */
function isOfAnotherSite({ req }: Context): boolean {
  const site = req.header("sec-fetch-site");
  if (site !== "cross-site" && site !== "same-site") return false;
  const opensPage =
    req.header("sec-fetch-mode") === "navigate" && req.header("sec-fetch-dest") === "document";
  return !(opensPage && req.method === "GET");
}

function withoutToken(address: string): string {
  const url = new URL(address);
  url.searchParams.delete(ACCESS_PARAMETER);
  // Keeps the path to one slash: an address that begins with two would name another host.
  return `${url.pathname.replace(/^\/+/, "/")}${url.search}`;
}

function isLoopback(host: string): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

function same(given: unknown, expected: string): boolean {
  if (typeof given !== "string") return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
