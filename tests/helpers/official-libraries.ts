import { LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { isValidSlackRequest } from "@slack/bolt";
import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import type { WebhookRequest } from "../../providers";
import { loadOctokit } from "./octokit";

// Not an import: the compiler would take the sources that lie beside it, which are not written for these settings.
createRequire(__filename)("@shopify/shopify-api/adapters/node");

/** A sender's own library. It reads the machine's clock where it takes none: the caller sets it. */
export interface OfficialLibrary {
  readonly name: string;
  /** Id of the scheme that it implements. */
  readonly scheme: string;
  /** The headers that it would send; undefined where it only verifies. */
  readonly sign: (
    body: string,
    message: { readonly id: string; readonly now: number; readonly secret: string },
  ) => Promise<Record<string, string>>;
  /** Its verdict; an exception counts as a refusal. */
  readonly accepts: (incoming: WebhookRequest, secret: string, now: number) => Promise<boolean>;
}

/** Headers as most libraries take them: of one that came twice, Node would join the values. */
function flat({ headers }: WebhookRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) =>
      values && values.length > 0 ? [[name, values.join(", ")]] : [],
    ),
  );
}

function accepting(check: () => unknown): boolean {
  try {
    return check() !== false;
  } catch {
    return false;
  }
}

const stripeHooks = new Stripe("sk_test_unused").webhooks;
const octokit = loadOctokit();

/** One object per secret, as a receiver would keep them. */
function cached<T>(make: (secret: string) => T): (secret: string) => T {
  const made = new Map<string, T>();
  return (secret) => {
    const known = made.get(secret) ?? make(secret);
    made.set(secret, known);
    return known;
  };
}

const standard = cached((secret) => new StandardWebhook(secret));
const svix = cached((secret) => new SvixWebhook(secret));
const shopify = cached((apiSecretKey) =>
  shopifyApi({
    apiKey: "unused",
    apiSecretKey,
    hostName: "in.example",
    isEmbeddedApp: false,
    apiVersion: "2025-10" as never,
    logger: { level: LogSeverity.Error, log: () => undefined },
  }),
);

export const officialLibraries: readonly OfficialLibrary[] = [
  {
    name: "stripe",
    scheme: "stripe",
    sign: (payload, { now, secret }) =>
      Promise.resolve({
        "Stripe-Signature": stripeHooks.generateTestHeaderString({
          payload,
          secret,
          timestamp: Math.floor(now / 1000),
        }),
      }),
    accepts: (incoming, secret, now) =>
      Promise.resolve(
        accepting(() =>
          stripeHooks.constructEvent(
            incoming.body,
            flat(incoming)["stripe-signature"] ?? "",
            secret,
            300,
            undefined,
            now,
          ),
        ),
      ),
  },
  {
    name: "@octokit/webhooks-methods",
    scheme: "github",
    sign: async (payload, { secret }) => ({ "X-Hub-Signature-256": await octokit.sign(secret, payload) }),
    accepts: (incoming, secret) =>
      octokit
        .verify(secret, incoming.body.toString(), flat(incoming)["x-hub-signature-256"] ?? "")
        .catch(() => false),
  },
  {
    name: "@shopify/shopify-api",
    scheme: "shopify",
    sign: (payload, { secret }) =>
      Promise.resolve({
        "X-Shopify-Hmac-SHA256": createHmac("sha256", secret).update(payload).digest("base64"),
      }),
    accepts: async (incoming, secret) => {
      const headers = {
        "x-shopify-topic": "orders/create",
        "x-shopify-shop-domain": "a.myshopify.com",
        "x-shopify-api-version": "2025-10",
        "x-shopify-webhook-id": "1",
        ...flat(incoming),
      };
      try {
        const verdict = await shopify(secret).webhooks.validate({
          rawBody: incoming.body.toString(),
          rawRequest: { method: "POST", url: "/", headers } as unknown as IncomingMessage,
          rawResponse: {} as ServerResponse,
        });
        return verdict.valid;
      } catch {
        return false;
      }
    },
  },
  {
    name: "@slack/bolt",
    scheme: "slack",
    sign: (payload, { now, secret }) => {
      const seconds = String(Math.floor(now / 1000));
      const digest = createHmac("sha256", secret).update(`v0:${seconds}:${payload}`).digest("hex");
      return Promise.resolve({ "X-Slack-Request-Timestamp": seconds, "X-Slack-Signature": `v0=${digest}` });
    },
    accepts: (incoming, signingSecret, now) => {
      const headers = flat(incoming);
      const given = headers["x-slack-request-timestamp"];
      return Promise.resolve(
        isValidSlackRequest({
          signingSecret,
          body: incoming.body.toString(),
          headers: {
            "x-slack-signature": headers["x-slack-signature"] ?? "",
            // As bolt's own receivers hand it over.
            "x-slack-request-timestamp": Number(given),
          },
          nowMilliseconds: now,
        }),
      );
    },
  },
  {
    name: "standardwebhooks",
    scheme: "standard-webhooks",
    sign: (payload, { id, now, secret }) =>
      Promise.resolve({
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(now / 1000)),
        "webhook-signature": standard(secret).sign(id, new Date(now), payload),
      }),
    accepts: (incoming, secret) =>
      Promise.resolve(accepting(() => standard(secret).verify(incoming.body.toString(), flat(incoming)))),
  },
  {
    name: "svix",
    scheme: "svix",
    sign: (payload, { id, now, secret }) =>
      Promise.resolve({
        "svix-id": id,
        "svix-timestamp": String(Math.floor(now / 1000)),
        "svix-signature": svix(secret).sign(id, new Date(now), payload),
      }),
    accepts: (incoming, secret) =>
      Promise.resolve(accepting(() => svix(secret).verify(incoming.body.toString(), flat(incoming)))),
  },
];
