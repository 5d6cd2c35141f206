import { hubspotElements } from "./hubspot";
import type { ContentPart, Scheme } from "../engine/scheme";
import { body, method, path, secret, url } from "../engine/references";
import { define, type Entry } from "./entry";

/*
 * The public URL of the endpoint is part of what is signed. Origin and path are taken from the provider's configuration,
 * byte for byte as they were entered at the sender, and only the query from the request, see address.ts.
 */

interface UrlBound extends Entry {
  readonly header: string;
  readonly hash: "sha1" | "sha256";
  readonly content: readonly ContentPart[];
}

function urlBound({ header, hash, content, ...entry }: UrlBound): Scheme {
  return define(entry, {
    kind: "hmac",
    hash,
    key: { encoding: "utf8" },
    signature: { headers: [header], value: { form: "whole" }, encoding: "base64" },
    content,
  });
}

export const square = urlBound({
  id: "square",
  name: "Square",
  docs: "https://developer.squareup.com/docs/webhooks/step3validate",
  confidence: "vector",
  setup: {
    where: "Developer Console > your app > Webhooks > Subscriptions",
    secret: "the signature key of the subscription",
  },
  header: "x-square-hmacsha256-signature",
  hash: "sha256",
  content: [url, body],
  event: {
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    id: [path("event_id")],
    type: [[path("type")]],
    time: [{ at: path("created_at"), unit: "iso" }],
    entity: [path("data.object.payment.order_id"), path("data.id"), path("merchant_id")],
  },
});

export const trello = urlBound({
  id: "trello",
  name: "Trello",
  docs: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
  confidence: "secondary",
  setup: {
    where: "POST /1/webhooks of the API",
    secret: "the OAuth secret of the app, from trello.com/power-ups/admin",
  },
  header: "X-Trello-Webhook",
  hash: "sha1",
  content: [body, url],
  event: {
    id: [path("action.id")],
    otherwise: { by: "request", because: "Every event of this sender has an id." },
    type: [[path("action.type")]],
    time: [{ at: path("action.date"), unit: "iso" }],
    entity: [path("action.data.card.id"), path("action.data.board.id"), path("model.id")],
  },
});

function hubspot(entry: Entry, content: readonly ContentPart[]): Scheme {
  return define(entry, {
    kind: "digest",
    hash: "sha256",
    signature: { headers: ["X-HubSpot-Signature"], value: { form: "whole" }, encoding: "hex" },
    content,
  });
}

const HUBSPOT_DOCS =
  "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests";
const HUBSPOT_SETUP = {
  where: "your app > Webhooks",
  secret: "the app's client secret, on Auth",
  notes: "HubSpot signs with a plain hash here; where you can, take the scheme for v3.",
};

/** Workflow actions and CRM cards. */
export const hubspotV2 = hubspot(
  {
    id: "hubspot-v2",
    name: "HubSpot v2",
    docs: HUBSPOT_DOCS,
    confidence: "vector",
    setup: HUBSPOT_SETUP,
    event: {
      // Of a workflow action.
      id: [path("callbackId")],
      otherwise: { by: "request", because: "What is no workflow action has no id." },
      entity: [path("object.objectId"), path("portalId")],
    },
  },
  [secret, method, url, body],
);

/** A body is a batch that counts its attempts, so the event's hash is that of what does not change. */
export const hubspotV1 = hubspot(
  {
    id: "hubspot-v1",
    name: "HubSpot v1",
    docs: HUBSPOT_DOCS,
    confidence: "vector",
    setup: HUBSPOT_SETUP,
    event: {
      otherwise: { by: "request", because: "Every event of this sender has an id." },
      hashOf: ["eventId", "subscriptionId", "portalId", "occurredAt", "subscriptionType"].map((name) =>
        path(`*.${name}`),
      ),
      type: [[path("*.subscriptionType")], ["batch"]],
      time: [{ at: path("*.occurredAt"), unit: "ms" }],
      entity: [path("*.objectId"), path("*.portalId")],
    },
    elements: hubspotElements,
  },
  [secret, body],
);
