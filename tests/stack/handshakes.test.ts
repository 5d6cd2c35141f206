import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { createHmac, randomUUID } from "node:crypto";
import { startInbox, type Inbox, type Reply } from "../support/inbox";

jest.setTimeout(60_000);

const secretRef = (name: string) => ({ ssm: `/webhook-inbox/local/${name}` });
const plain = (scheme: string) => ({ name: scheme, scheme, secret: secretRef(scheme) });

let inbox: Inbox;
beforeAll(async () => {
  // Deploying says what some of these providers leave open; that is tested elsewhere.
  jest.spyOn(console, "warn").mockImplementation();
  inbox = await startInbox({
    config: {
      providers: [
        { ...plain("meta"), verifyToken: secretRef("meta-token") },
        {
          ...plain("strava"),
          secret: undefined,
          allowUnsigned: true,
          verifyToken: secretRef("strava-token"),
        },
        { ...plain("asana"), secret: { ...secretRef("asana"), learn: true } },
        { ...plain("notion"), secret: { ...secretRef("notion"), learn: true } },
        { ...plain("twilio"), url: "https://hooks.example.com/twilio" },
        ...["adyen", "braintree", "dropbox", "microsoft-graph", "monday", "okta", "slack"].map(plain),
        ...["trello", "twitch", "twitter", "woocommerce", "xero", "zoom", "dropbox-sign"].map((scheme) => ({
          ...plain(scheme),
          ...(scheme === "trello" && { url: "https://hooks.example.com/trello" }),
        })),
      ],
    },
  });
}, 300_000);
afterAll(() => inbox?.close());

const secretOf = (provider: string) => inbox.stack.providers[provider]?.secret ?? "";
const get = (path: string, headers: Record<string, string> = {}) => inbox.call(path, { headers });

function expectText(reply: Reply, text: string): void {
  expect([reply.status, reply.text]).toEqual([200, text]);
  expect(reply.headers.get("content-type")).toContain("text/plain");
  expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
}

describe("a challenge by GET", () => {
  test("Dropbox gets its challenge back as text", async () => {
    expectText(await get("/dropbox?challenge=a1b2_C3-d4"), "a1b2_C3-d4");
  });

  test("Meta gets its challenge back where the token is the configured one, and nobody else does", async () => {
    const token = inbox.stack.providers["meta"]?.verifyToken ?? "";
    const query = (verify: string) =>
      `/meta?${new URLSearchParams({ "hub.mode": "subscribe", "hub.verify_token": verify, "hub.challenge": "1158201444" })}`;
    expectText(await get(query(token)), "1158201444");
    const rejected = await get(query("a-guess"));
    expect(rejected.status).toBe(403);
    expect(rejected.text).not.toContain("1158201444");
  });

  test("Strava gets JSON", async () => {
    const token = inbox.stack.providers["strava"]?.verifyToken ?? "";
    const reply = await get(
      `/strava?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=15f7d1a91c1f40f8`,
    );
    expect([reply.status, reply.json]).toEqual([200, { "hub.challenge": "15f7d1a91c1f40f8" }]);
  });

  test("Okta gets its header back in JSON", async () => {
    const reply = await get("/okta", { "x-okta-verification-challenge": "sample-challenge" });
    expect([reply.status, reply.json]).toEqual([200, { verification: "sample-challenge" }]);
  });

  test("X gets the HMAC of its token", async () => {
    const reply = await get("/twitter?crc_token=MTUwN2VkMTYtYzI3OC00");
    const digest = createHmac("sha256", secretOf("twitter")).update("MTUwN2VkMTYtYzI3OC00").digest("base64");
    expect([reply.status, reply.json]).toEqual([200, { response_token: `sha256=${digest}` }]);
  });

  test("Braintree gets its public key and the signature of its challenge", async () => {
    const [publicKey] = secretOf("braintree").split(":");
    const reply = await get("/braintree?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53");
    expect(reply.status).toBe(200);
    expect(reply.text).toMatch(new RegExp(`^${publicKey}\\|[0-9a-f]{40}$`));
  });

  test("that is none is rejected, and a provider that asks none has no such route", async () => {
    expect((await get("/dropbox")).status).toBe(400);
    expect((await get("/dropbox?challenge=%3Cscript%3E")).status).toBe(400);
    const none = await get("/slack?challenge=x");
    expect(none.status).toBe(404);
    expect(none.text).not.toContain("challenge=x");
  });
});

test("Trello's HEAD gets 200", async () => {
  expect((await inbox.call("/trello", { method: "HEAD" })).status).toBe(200);
});

describe("a challenge by POST before anything is signed", () => {
  test("Microsoft gets its token back, decoded", async () => {
    const token = "Validation: Testing client application reachability for subscription Request-Id: 522a8e7e";
    expectText(
      await inbox.post(
        `/microsoft-graph?validationToken=${encodeURIComponent(token)}`,
        { "content-type": "text/plain" },
        "",
      ),
      token,
    );
  });

  test("monday.com gets its challenge back as JSON", async () => {
    const reply = await inbox.post(
      "/monday",
      {},
      JSON.stringify({ challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" }),
    );
    expect([reply.status, reply.json]).toEqual([
      200,
      { challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" },
    ]);
  });

  test("WooCommerce's ping gets exactly 200", async () => {
    const reply = await inbox.post(
      "/woocommerce",
      { "Content-Type": "application/x-www-form-urlencoded" },
      "webhook_id=42",
    );
    expect(reply.status).toBe(200);
  });
});

describe("a provider that sends its secret", () => {
  const stored = async (name: string) => {
    const ssm = new SSMClient(inbox.stack.emulator.client);
    const answer = await ssm.send(
      new GetParameterCommand({ Name: secretRef(name).ssm, WithDecryption: true }),
    );
    return answer.Parameter?.Value;
  };

  test("Asana: the first secret is stored and repeated, later ones are rejected, and webhooks are verified with it", async () => {
    const early = await inbox.post("/asana", { "X-Hook-Signature": "0".repeat(64) }, '{"events":[]}');
    expect(early.status).toBe(503);

    const secret = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81";
    const reply = await inbox.post("/asana", { "X-Hook-Secret": secret }, "{}");
    expect([reply.status, reply.headers.get("x-hook-secret")]).toEqual([200, secret]);
    expect(await stored("asana")).toBe(secret);

    const second = await inbox.post(
      "/asana",
      { "X-Hook-Secret": "an-attackers-own-secret-0123456789" },
      "{}",
    );
    expect([second.status, second.headers.get("x-hook-secret")]).toEqual([401, null]);
    expect(await stored("asana")).toBe(secret);

    const event = { events: [{ action: "added", resource: { gid: randomUUID(), resource_type: "task" } }] };
    const sent = await inbox.send("asana", event, { secret });
    expect(sent.status).toBe(202);
    expect((await inbox.events.next(String(sent.json["id"]))).detail).toMatchObject({
      type: "task.added",
      data: event,
    });
  });

  test("Notion: the token of its first request becomes the secret", async () => {
    const token = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl";
    expect((await inbox.post("/notion", {}, JSON.stringify({ verification_token: token }))).status).toBe(200);
    expect(await stored("notion")).toBe(token);
    const sent = await inbox.send("notion", { id: randomUUID(), type: "page.created" }, { secret: token });
    expect(sent.status).toBe(202);
  });
});

describe("a signed challenge", () => {
  test("Slack gets its challenge back", async () => {
    expectText(await inbox.send("slack", { type: "url_verification", challenge: "3eZbrw1aB" }), "3eZbrw1aB");
  });

  test("Zoom gets the HMAC of its token, and only where it signed", async () => {
    const challenge = { event: "endpoint.url_validation", payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" } };
    const reply = await inbox.send("zoom", challenge);
    const encryptedToken = createHmac("sha256", secretOf("zoom"))
      .update("qgg8vlvZRS6UYooatFL8Aw")
      .digest("hex");
    expect([reply.status, reply.json]).toEqual([
      200,
      { plainToken: "qgg8vlvZRS6UYooatFL8Aw", encryptedToken },
    ]);
    const forged = await inbox.send("zoom", challenge, { secret: "not-the-secret" });
    expect(forged.status).toBe(401);
    expect(forged.text).not.toContain("encryptedToken");
  });

  test("Twitch gets the bare challenge", async () => {
    const reply = await inbox.send(
      "twitch",
      { challenge: "pogchamp-kappa-360noscope-vohiyo", subscription: {} },
      {
        tamper: ({ headers }) =>
          void (headers["Twitch-Eventsub-Message-Type"] = "webhook_callback_verification"),
      },
    );
    expectText(reply, "pogchamp-kappa-360noscope-vohiyo");
  });

  test("Xero's intent to receive gets an empty 200 where it is signed and 401 where it is not", async () => {
    const challenge = { events: [], firstEventSequence: 0, lastEventSequence: 0, entropy: randomUUID() };
    const good = await inbox.send("xero", challenge);
    expect([good.status, good.text]).toEqual([200, ""]);
    expect((await inbox.send("xero", challenge, { secret: "not-the-secret" })).status).toBe(401);
  });
});

describe("payloads that are not JSON", () => {
  test("Twilio's form is an object in the event", async () => {
    const form = "MessageSid=SM1&MessageStatus=delivered&To=%2B14158675309";
    const reply = await inbox.send("twilio", Buffer.from(form), {
      tamper: ({ headers }) => void (headers["Content-Type"] = "application/x-www-form-urlencoded"),
    });
    expect(reply.status).toBe(202);
    expect((await inbox.events.next(String(reply.json["id"]))).detail).toMatchObject({
      type: "message.delivered",
      datacontenttype: "application/json",
      data: { MessageSid: "SM1", MessageStatus: "delivered", To: "+14158675309" },
    });
  });

  test("Braintree's XML is base64 in the event", async () => {
    const xml = `<notification><kind>subscription_canceled</kind><id>${randomUUID()}</id></notification>`;
    const reply = await inbox.send("braintree", Buffer.from(xml));
    expect(reply.status).toBe(202);
    const { detail } = await inbox.events.next(String(reply.json["id"]));
    expect(detail).toMatchObject({ type: "subscription_canceled", datacontenttype: "application/xml" });
    expect(Buffer.from(String(detail["data_base64"]), "base64").toString()).toBe(xml);
    expect(detail).not.toHaveProperty("data");
  });

  test("Adyen and Dropbox Sign get the answers that they insist on", async () => {
    const item = { pspReference: randomUUID(), eventCode: "AUTHORISATION", success: "true" };
    const adyen = await inbox.send("adyen", {
      live: "false",
      notificationItems: [{ NotificationRequestItem: item }],
    });
    expect([adyen.status, adyen.text]).toEqual([200, "[accepted]"]);
    const sign = await inbox.send("dropbox-sign", { event: { event_type: "signature_request_sent" } });
    expect([sign.status, sign.text]).toEqual([200, "Hello API Event Received"]);
  });
});
