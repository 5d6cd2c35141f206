import { LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { validateSignature } from "@line/bot-sdk";
import Mux from "@mux/mux-node";
import { Environment, Paddle } from "@paddle/paddle-node-sdk";
import { isValidSignature as isValidSanity, encodeSignatureHeader } from "@sanity/webhook";
import { isValidSlackRequest } from "@slack/bolt";
import { WorkOS } from "@workos-inc/node";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import Razorpay from "razorpay";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import { esModule } from "./es-module";
import { accepting, cached, flat, valueOf, type OfficialLibrary } from "./library";

// Do not import it: the compiler would read the sources beside it, which do not compile with these settings.
createRequire(__filename)("@shopify/shopify-api/adapters/node");

/** Returns a library that signs and verifies Standard Webhooks, with headers of this prefix. */
function standardLibrary(
  name: string,
  scheme: string,
  prefix: string,
  library: (secret: string) => Pick<StandardWebhook, "sign" | "verify">,
): OfficialLibrary {
  return {
    name,
    scheme,
    sign: (payload, { id, now, secret }) =>
      Promise.resolve({
        [`${prefix}-id`]: id,
        [`${prefix}-timestamp`]: String(Math.floor(now / 1000)),
        [`${prefix}-signature`]: library(secret).sign(id, new Date(now), payload),
      }),
    accepts: (incoming, secret) =>
      Promise.resolve(accepting(() => library(secret).verify(incoming.body.toString(), flat(incoming)))),
  };
}

const stripeHooks = new Stripe("sk_test_unused").webhooks;
/** The part of `@octokit/webhooks-methods` that is used here. */
interface OctokitMethods {
  sign(secret: string, payload: string): Promise<string>;
  verify(secret: string, payload: string, signature: string): Promise<boolean>;
}
const octokit = esModule<OctokitMethods>("@octokit/webhooks-methods");
const mux = new Mux({ tokenId: "unused", tokenSecret: "unused" });
const paddle = new Paddle("unused", { environment: Environment.sandbox });
const workos = new WorkOS("sk_test_unused");

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

/** Libraries of providers with a keyed hash over body and time. */
export const hmacLibraries: readonly OfficialLibrary[] = [
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
    accepts: (incoming, signingSecret, now) => {
      const headers = flat(incoming);
      const given = headers["x-slack-request-timestamp"];
      return Promise.resolve(
        isValidSlackRequest({
          signingSecret,
          body: incoming.body.toString(),
          headers: {
            "x-slack-signature": headers["x-slack-signature"] ?? "",
            // Pass a number, as bolt's own receivers do.
            "x-slack-request-timestamp": Number(given),
          },
          nowMilliseconds: now,
        }),
      );
    },
  },
  standardLibrary("standardwebhooks", "standard-webhooks", "webhook", standard),
  standardLibrary("svix", "svix", "svix", svix),
  {
    name: "@line/bot-sdk",
    scheme: "line",
    accepts: (incoming, secret) =>
      Promise.resolve(
        accepting(() => validateSignature(incoming.body, secret, valueOf(incoming, "x-line-signature"))),
      ),
  },
  {
    name: "razorpay",
    scheme: "razorpay",
    accepts: (incoming, secret) =>
      Promise.resolve(
        accepting(() =>
          Razorpay.validateWebhookSignature(
            incoming.body.toString(),
            valueOf(incoming, "x-razorpay-signature"),
            secret,
          ),
        ),
      ),
  },
  {
    name: "@sanity/webhook",
    scheme: "sanity",
    sign: async (payload, { now, secret }) => ({
      "sanity-webhook-signature": await encodeSignatureHeader(payload, now, secret),
    }),
    accepts: (incoming, secret) =>
      isValidSanity(incoming.body.toString(), valueOf(incoming, "sanity-webhook-signature"), secret),
  },
  {
    name: "@mux/mux-node",
    scheme: "mux",
    accepts: (incoming, secret) =>
      mux.webhooks.verifySignature(incoming.body.toString(), flat(incoming), secret).then(
        () => true,
        () => false,
      ),
  },
  {
    name: "@paddle/paddle-node-sdk",
    scheme: "paddle",
    accepts: (incoming, secret) =>
      paddle.webhooks
        .isSignatureValid(incoming.body.toString(), secret, valueOf(incoming, "paddle-signature"))
        .catch(() => false),
  },
  {
    name: "@workos-inc/node",
    scheme: "workos",
    accepts: async (incoming, secret) => {
      try {
        const payload = JSON.parse(incoming.body.toString()) as Record<string, unknown>;
        const sigHeader = valueOf(incoming, "workos-signature");
        return await workos.webhooks.verifyHeader({ payload, sigHeader, secret });
      } catch {
        return false;
      }
    },
  },
];
