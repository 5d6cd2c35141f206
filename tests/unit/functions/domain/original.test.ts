import { keptHeaders, type Header } from "../../../../functions/domain/kept-headers";
import {
  originalRequest,
  signsWithPrivateKey,
  whyNoOriginal,
  type OriginalRequest,
  type Stored,
} from "../../../../functions/domain/original";
import { readElements, schemes, verify, type Scheme, type WebhookRequest } from "../../../../providers";
import { fixClock } from "../../../support/fixed-clock";
import { officialLibraries } from "../../../support/official-libraries";
import { keysOf, sent } from "../../../support/providers/keys";
import { NOW } from "../../../support/providers/requests";
import { bodyOf, sender, senderOf } from "../../../support/providers/senders";

const URL_ = "http://localhost:3000/hooks?tenant=7";
/** Ten days after the provider sent it. */
const LATER = NOW + 10 * 86_400_000;

function schemeOf(id: string): Scheme {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`no scheme ${id}`);
  return scheme;
}

/** What one side signs with, and what the other one is configured with. */
interface Keys {
  readonly signWith: string;
  readonly secret: string;
  readonly published?: string | undefined;
}

function newKeys(scheme: Scheme, n: 0 | 1): Keys {
  if (scheme.verify.kind === "custom") return sender(scheme.id);
  const { signing, configured } = keysOf(scheme, n);
  return { signWith: signing, secret: configured };
}

/** A webhook as its provider signed it, as it is stored. */
function stored(
  scheme: Scheme,
  signWith: string,
  over: { body?: Buffer; headers?: readonly Header[] } = {},
): Stored {
  const {
    headers = {},
    event: { type },
  } = senderOf(scheme.id).sample;
  const request = sent(scheme, over.body ?? bodyOf(scheme.id), { secret: signWith, id: "delivery-1", type });
  const described = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]] as const);
  const kept = keptHeaders(
    { "user-agent": ["Sender/1.0"], ...request.headers, ...Object.fromEntries(described) },
    scheme,
  );
  const contentType = kept.find(([name]) => name === "content-type")?.[1] ?? scheme.contentTypes?.[0];
  return {
    scheme,
    headers: [...kept, ...(over.headers ?? [])],
    body: request.body,
    contentType: contentType ?? "application/json",
    id: "delivery-1",
    type,
  };
}

function original(of: Stored, secret: string, now = LATER): OriginalRequest {
  const made = originalRequest(of, { url: URL_, secret, now });
  if ("impossible" in made) throw new Error(made.impossible);
  return made;
}

/** As the recipient gets it. */
function received({ url, headers, body }: OriginalRequest): WebhookRequest {
  const byName: Record<string, string[]> = {};
  for (const [name, value] of headers) (byName[name] ??= []).push(value);
  const query = Object.fromEntries(new URL(url).searchParams);
  return { method: "POST", headers: byName, body, query, url };
}

const valueOf = ({ headers }: OriginalRequest, wanted: string) =>
  headers.filter(([name]) => name === wanted).map(([, value]) => value);

const impossible = [
  "apple-app-store",
  "aws-sns",
  "fireblocks",
  "fireblocks-eu",
  "fireblocks-eu2",
  "fireblocks-sandbox",
].concat(["google-pubsub", "paypal", "paypal-sandbox", "plaid", "plaid-sandbox"]);
const unsigned = ["mollie-classic", "strava"];
const provable = Object.keys(schemes).filter((id) => !impossible.includes(id) && !unsigned.includes(id));

describe("in its original form a webhook of", () => {
  test.each(provable)("%s is accepted with the recipient's own secret, and with no other", (id) => {
    const scheme = schemeOf(id);
    const [providers, recipients] = [newKeys(scheme, 0), newKeys(scheme, 1)];
    const request = received(original(stored(scheme, providers.signWith), recipients.signWith));
    const verdict = ({ secret, published }: Keys) => verify(scheme, request, [secret], LATER, published).ok;
    expect({ recipients: verdict(recipients), providers: verdict(providers) }).toEqual({
      recipients: true,
      providers: false,
    });
  });

  test.each(unsigned)("%s, which nothing proves, is passed as it came", (id) => {
    const of = stored(schemeOf(id), "unused");
    const headers = [...(of.headers ?? []), ["content-type", of.contentType]];
    expect(original(of, "")).toEqual({ url: URL_, body: of.body, headers });
  });

  test.each(impossible)("%s cannot be made, and the reason says why", (id) => {
    const of = stored(schemeOf(id), newKeys(schemeOf(id), 0).signWith);
    const reason = whyNoOriginal(schemeOf(id));
    expect(reason).toMatch(/^Handlers check .+\.$/);
    expect(originalRequest(of, { url: URL_, secret: "x", now: LATER })).toEqual({ impossible: reason });
  });

  test("seven providers need a private key of the recipient's own", () => {
    expect(Object.keys(schemes).filter((id) => signsWithPrivateKey(schemeOf(id)))).toEqual(
      ["discord", "neon", "sendgrid", "standard-webhooks-v1a", "telnyx", "wise", "wix"].sort(),
    );
  });
});

describe("official libraries accept the original form, with the recipient's own secret only:", () => {
  let release = () => undefined as void;
  beforeEach(() => {
    release = fixClock(LATER);
  });
  afterEach(() => release());

  /** What a library demands besides its signature. */
  const DEMANDED: Readonly<Record<string, readonly Header[]>> = {
    shopify: [
      ["x-shopify-shop-domain", "example.myshopify.com"],
      ["x-shopify-api-version", "2025-10"],
      ["x-shopify-topic", "orders/create"],
      ["x-shopify-webhook-id", "b54557e4"],
    ],
  };

  test.each(officialLibraries.map((library) => [library.name, library] as const))(
    "%s",
    async (_, library) => {
      const scheme = schemeOf(library.scheme);
      const [providers, recipients] = [keysOf(scheme, 0), keysOf(scheme, 1)];
      const of = stored(scheme, providers.signing, { headers: DEMANDED[library.scheme] ?? [] });
      const request = received(original(of, recipients.signing));
      expect({
        recipients: await library.accepts(request, recipients.configured, LATER),
        providers: await library.accepts(request, providers.configured, LATER),
      }).toEqual({ recipients: true, providers: false });
    },
  );

  test("Twilio's, of a body that is no form and is covered by its hash in the address", async () => {
    const library = officialLibraries.find(({ scheme }) => scheme === "twilio");
    const of = { ...stored(schemeOf("twilio"), "old"), body: Buffer.from('{"property":"value"}') };
    const request = received(original(of, "new-token"));
    expect(request.query).toEqual({
      tenant: "7",
      bodySHA256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(await library?.accepts(request, "new-token", LATER)).toBe(true);
    expect(await library?.accepts({ ...request, body: Buffer.from("{}") }, "new-token", LATER)).toBe(false);
  });
});

describe("the bytes", () => {
  const odd = '{ "big":12345678901234567890, "text":"\\u00e9é", "nested": {"1.0":1.0e2} ,"a":1,"a":2}';

  test("are those that were stored, whatever a parser would make of them", () => {
    const of = stored(schemeOf("stripe"), keysOf(schemeOf("stripe")).signing, { body: Buffer.from(odd) });
    expect(original(of, "whsec_new").body.toString()).toBe(odd);
    const binary = stored(schemeOf("github"), "old", { body: Buffer.from([0xff, 0x00, 0xfe]) });
    expect(original(binary, "new").body).toEqual(Buffer.from([0xff, 0x00, 0xfe]));
  });

  test.each([
    [
      "linear",
      `{"webhookTimestamp":1 , "odd":${odd}}`,
      /"webhookTimestamp":\d{13} /,
      '"webhookTimestamp":1 ',
    ],
    [
      "mailgun",
      `{"odd":${odd}, "signature" : {"token":"t", "timestamp": "1", "signature" :"00"}}`,
      /"timestamp": "\d{10}", "signature" :"[0-9a-f]{64}"/,
      '"timestamp": "1", "signature" :"00"',
    ],
    [
      "microsoft-graph",
      `{"value" :[{"odd":${odd}, "clientState":"old"}, {"clientState" : "old"}],"more":1}`,
      /"clientState"( ?): ?"[^"]+"(.*)"clientState" : "[^"]+"/s,
      undefined,
    ],
    [
      "adyen",
      `{"live":"false", "notificationItems":[{"NotificationRequestItem":{"odd":${odd},"additionalData":{"hmacSignature":"old"}}}]}`,
      /"hmacSignature":"[^"]{44}"/,
      '"hmacSignature":"old"',
    ],
  ])("of %s change where the proof is inside of them, and nowhere else", (id, body, written, before) => {
    const scheme = schemeOf(id);
    const { signWith } = newKeys(scheme, 1);
    const made = original({ ...stored(scheme, signWith), body: Buffer.from(body) }, signWith);
    const text = made.body.toString();
    expect(text).toMatch(written);
    expect(text).toContain(odd);
    if (before !== undefined) expect(text.replace(written, before)).toBe(body);
    else expect(text.replaceAll(signWith, "old")).toBe(body);
  });

  test("of Dropbox Sign's form stay around the JSON that holds the proof", () => {
    const scheme = schemeOf("dropbox-sign");
    const json = `{"odd":${odd},"event":{"event_type":"sent","event_time":"1","event_hash":"old"}}`;
    const form = (hash: string) =>
      `--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json.replace('"old"', `"${hash}"`)}\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n\u0001é\r\n--b--\r\n`;
    const headers = [["content-type", "multipart/form-data; boundary=b"]] as const;
    const made = original({ ...stored(scheme, "x"), headers, body: Buffer.from(form("old")) }, "new-key");
    const [, hash = ""] = /"event_hash":"([0-9a-f]{64})"/.exec(made.body.toString()) ?? [];
    expect(made.body.toString()).toBe(form(hash));
    expect(valueOf(made, "content-type")).toEqual(["multipart/form-data; boundary=b"]);
  });
});

describe("the headers", () => {
  test("are those that the provider sent, with its own signature and time replaced", () => {
    const github: readonly Header[] = [
      ["x-github-delivery", "72d3162e"],
      ["x-github-event", "pull_request"],
      ["x-github-hook-id", "1"],
    ];
    const { headers } = original({ ...stored(schemeOf("github"), "old"), headers: github }, "new");
    expect(headers).toEqual([
      ...github,
      ["content-type", "application/json"],
      ["x-hub-signature-256", expect.stringMatching(/^sha256=/)],
    ]);
  });

  test("of Svix keep the names that the provider used", () => {
    const secret = keysOf(schemeOf("svix")).signing;
    const headers: readonly Header[] = [
      ["webhook-id", "msg_1"],
      ["webhook-timestamp", "1"],
    ];
    const made = original({ ...stored(schemeOf("svix"), secret), headers }, secret);
    expect(valueOf(made, "webhook-timestamp")).toEqual([String(Math.floor(LATER / 1000))]);
    expect(valueOf(made, "svix-timestamp")).toEqual([]);
    expect(verify(schemeOf("svix"), received(made), [secret], LATER).ok).toBe(true);
  });

  test.each(provable)("of a webhook of %s that was stored without them are made of its id and type", (id) => {
    const scheme = schemeOf(id);
    const [providers, recipients] = [newKeys(scheme, 0), newKeys(scheme, 1)];
    const of = { ...stored(scheme, providers.signWith), headers: undefined };
    const request = received(original(of, recipients.signWith));
    expect(verify(scheme, request, [recipients.secret], LATER, recipients.published).ok).toBe(true);
  });
});

describe("an event of a request that held several", () => {
  const splittable = Object.values(schemes).filter(({ elements }) => elements !== undefined);

  test.each(splittable.map((scheme) => [scheme.id, scheme] as const))(
    "of %s travels in the shape of the whole request, with it as the only one",
    (id, scheme) => {
      const [providers, recipients] = [newKeys(scheme, 0), newKeys(scheme, 1)];
      const whole = stored(scheme, providers.signWith);
      const list = received({ url: URL_, headers: whole.headers ?? [], body: whole.body });
      const payload = scheme.unwrap?.(list)?.bytes ?? whole.body;
      const [element] = readElements(scheme, list, payload.toString()) ?? [];
      const of = {
        ...whole,
        body: Buffer.from(element?.text ?? ""),
        contentType: "application/json",
        split: true,
      };
      const request = received(original(of, recipients.signWith));
      expect(verify(scheme, request, [recipients.secret], LATER, recipients.published).ok).toBe(true);
      const made = scheme.unwrap?.(request)?.bytes ?? request.body;
      const again = readElements(scheme, request, made.toString());
      expect(again?.map((one) => one.id ?? one.type)).toEqual([element?.id ?? element?.type]);
      expect(id).toBe(scheme.id);
    },
  );

  test("keeps its numbers, and is not said to be compressed", () => {
    const scheme = schemeOf("gocardless");
    const headers: readonly Header[] = [["content-encoding", "gzip"]];
    const of = {
      ...stored(scheme, "old"),
      headers,
      body: Buffer.from('{"id":12345678901234567890}'),
      split: true,
    };
    const made = original(of, "new-secret");
    expect(made.body.toString()).toBe('{"events":[{"id":12345678901234567890}]}');
    expect(valueOf(made, "content-encoding")).toEqual([]);
  });
});
