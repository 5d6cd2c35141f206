import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { provider } from "../../../config/provider";
import { readElements, readEvent, schemeOf, schemes, verify } from "../../../providers";
import { request } from "../../support/providers/requests";

const page = readFileSync(join(__dirname, "../../../docs/own-schemes.md"), "utf8");
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => parse(text) as unknown);

/** Every provider that the page configures, as the stack's configuration would take it. */
const configured = blocks
  .flatMap((block) =>
    Array.isArray(block) ? block : (block as Record<string, unknown[]>)["webhook-inbox:providers"],
  )
  .map((one) => provider.parse(one));

/** Built-in schemes that have another name than the example. */
const BUILT_IN: Readonly<Record<string, string>> = { terraform: "hcp-terraform" };

const SECRET = "s3cr3t-0123456789abcdef";
const NOW = Date.parse("2026-03-01T12:00:00Z");

interface Vector {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Requests in the form of the providers' own pages. The signatures are made with Python's hmac. */
const vectors: Readonly<Record<string, Vector>> = {
  heroku: {
    headers: { "Heroku-Webhook-Hmac-SHA256": "zcZs3JUdh8QlN6+jZckpEmgLoPbDNfYAvqX+tq3/vQk=" },
    body: '{"id":"01HZ","created_at":"2026-03-01T12:00:00Z","resource":"dyno","action":"create","data":{"app":{"id":"app1","name":"shop"}}}',
    event: { id: "01HZ", type: "dyno.create", time: "2026-03-01T12:00:00.000Z" },
  },
  terraform: {
    headers: {
      "X-TFE-Notification-Signature":
        "fa5a0c42b3e7456c0569e5a1eaf4d4cb709c983f62f22b420589cc11db1dc120b8c86a89b08f9bb2dfc6db7e9642e8a5cd60599d794c9ead296928623c6a10ec",
    },
    body: '{"payload_version":1,"run_id":"run-1","workspace_id":"ws-1","notifications":[{"trigger":"run:completed","run_status":"applied","run_updated_at":"2026-03-01T12:00:00.000Z"}]}',
    event: { type: "run:completed", identifiedBy: "body", time: "2026-03-01T12:00:00.000Z" },
  },
  circleci: {
    headers: {
      "Circleci-Signature": "v1=10685b9ab44f38068ea6fd0ce9db830baae2f3ef18971207d690fad9808902f5,v2=later",
    },
    body: '{"type":"workflow-completed","id":"3888f21b-eaa7-38e3-8f3d-75a63bba8895","happened_at":"2026-03-01T12:00:00.000Z","project":{"id":"p1"}}',
    event: { id: "3888f21b-eaa7-38e3-8f3d-75a63bba8895", type: "workflow-completed" },
  },
  klaviyo: {
    headers: {
      "Klaviyo-Signature": "d333174f533eea1601084b58e12c682770e9878e2efb69bd18c6c6c01b6218f2",
      "Klaviyo-Timestamp": "Sun, 01 Mar 2026 12:00:00 GMT",
    },
    body: '{"data":[{"external_id":"ev1","topic":"event:klaviyo.opened_email","payload":{}},{"external_id":"ev2","topic":"event:klaviyo.opened_email","payload":{}}]}',
    event: { type: "event:klaviyo.opened_email", identifiedBy: "body-and-time" },
  },
  toast: {
    headers: {
      "Toast-Signature": "QIc6oKqvBIIifXH70hjB2+gZ+CD8UlOXftp0uHHsPOY=",
      "Toast-Event-Type": "low_quantity",
    },
    body: '{"guid":"g1","timestamp":"2026-03-01T12:00:00.000Z","eventCategory":"stock","eventType":"low_quantity"}',
    event: { id: "g1", type: "low_quantity", time: "2026-03-01T12:00:00.000Z" },
  },
  datadog: {
    headers: { "X-Token": SECRET },
    body: '{"id":"5","event_type":"query_alert_monitor","date":1772366400000}',
    event: { id: "5", type: "query_alert_monitor", time: "2026-03-01T12:00:00.000Z" },
  },
};

test("every provider of the page is tried, but for the one that is none", () => {
  expect(configured.map(({ name }) => name)).toEqual(["acme", ...Object.keys(vectors)]);
});

describe.each(configured.filter(({ name }) => name !== "acme"))(
  "$name, as the page configures it,",
  ({ name, scheme, split }) => {
    const of = schemeOf(scheme);
    const vector = vectors[name];
    if (!of || !vector) throw new Error(`no vector of ${name}`);
    const incoming = request(vector.headers, Buffer.from(vector.body));

    test("takes a request of the provider, and not with another body or secret", () => {
      expect(verify(of, incoming, [SECRET], NOW)).toMatchObject({ ok: true });
      expect(verify(of, incoming, ["another secret"], NOW).ok).toBe(false);
      const changed = { ...incoming, body: Buffer.from(vector.body.replace(/1/, "2")) };
      expect(verify(of, changed, [SECRET], NOW).ok).toBe(of.covers === "nothing");
    });

    const builtIn = schemes[BUILT_IN[name] ?? name];
    if (builtIn) {
      test("is verified as by the built-in scheme", () => expect(of.verify).toEqual(builtIn.verify));
    }

    test("knows what the event is", () => {
      const payload = JSON.parse(vector.body) as unknown;
      expect(readEvent(of, incoming, payload, { requestId: "r", signedAt: NOW })).toMatchObject(vector.event);
      if (split) expect(readElements(of, incoming, vector.body)?.map(({ id }) => id)).toEqual(["ev1", "ev2"]);
    });
  },
);
