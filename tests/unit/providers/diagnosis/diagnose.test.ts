import { createHmac, randomBytes } from "node:crypto";
import { asSent } from "../../../../providers/diagnosis/alterations";
import { diagnose, MAX_DIAGNOSED_BYTES, schemes, sign, verify } from "../../../../providers";
import type { Diagnosis, WebhookRequest } from "../../../../providers";
import { schemeOf } from "../../../support/providers/requests";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const SECRET = "s3cr3t-s3cr3t-s3cr3t";

interface Case {
  readonly scheme?: string;
  /** What the provider signs. */
  readonly sent?: string | Buffer;
  /** What is received. @default what was sent */
  readonly came?: string | Buffer;
  readonly signedWith?: string;
  readonly stored?: readonly string[];
  readonly signedAt?: number;
  readonly others?: ReadonlyMap<string, readonly string[]>;
  readonly drop?: string;
}

/** What is reported of a request that one thing is wrong with. */
function diagnosisOf(given: Case): Diagnosis {
  const { sent = '{"id":"evt_1"}', came = sent, signedWith = SECRET, stored = [SECRET] } = given;
  const scheme = schemeOf(given.scheme ?? "github");
  const headers = sign(scheme, { body: Buffer.from(sent), secret: signedWith, now: given.signedAt ?? NOW });
  if (given.drop) delete headers[given.drop];
  const request: WebhookRequest = {
    method: "POST",
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    body: Buffer.from(came),
  };
  const rejection = verify(scheme, request, stored, NOW);
  if (rejection.ok) throw new Error("the request is right");
  const { others } = given;
  return diagnose(scheme, { request, rejection, secrets: stored, now: NOW, ...(others && { others }) });
}

describe("a body that was changed on the way is reported by what undoes the change:", () => {
  const value = { b: "x/y é", a: [1, { c: true }] };
  const compact = JSON.stringify(value);
  test.each<[string, string | Buffer, string | Buffer]>([
    ["without white space", compact, JSON.stringify(value, null, 4)],
    ["with spaces after commas and colons", '{"b": "x, y", "a": [1, 2]}', '{"b":"x, y","a":[1,2]}'],
    ["characters than ASCII escaped", '{"b": "\\u00e9"}', '{"b":"é"}'],
    ["with escaped slashes", '{"b":"x\\/y"}', '{"b":"x/y"}'],
    ["indented by two spaces", JSON.stringify(value, null, 2), compact],
    ["with CRLF for LF", "a\r\nb\r\n", "a\nb\n"],
    ["with LF for CRLF", "a\nb", "a\r\nb"],
    ["without the line end at its end", compact, `${compact}\n`],
    ["with a line end at its end", `${compact}\n`, compact],
    ["with a byte order mark", `\ufeff${compact}`, compact],
    ["without the byte order mark", compact, `\ufeff${compact}`],
    ["in UTF-8, if it was sent as Latin-1", compact, Buffer.from(compact, "latin1")],
    ["before its UTF-8 was taken for Latin-1", compact, Buffer.from(Buffer.from(compact).toString("latin1"))],
    ["decoded from base64", compact, Buffer.from(compact).toString("base64")],
    ["as a form with %20 for spaces", "a=b%20c&d=e", "a=b+c&d=e"],
    ["as a form with + for spaces", "a=b+c&d=e", "a=b%20c&d=e"],
  ])("%s", (how, sent, came) => {
    expect(diagnosisOf({ sent, came })).toEqual({
      cause: "body_altered",
      detail: expect.stringContaining(how) as string,
    });
  });

  test("and not where another secret signed it, too", () => {
    expect(diagnosisOf({ sent: compact, came: `${compact}\n`, signedWith: "another" }).cause).toBe(
      "no_secret_matched",
    );
  });
});

describe("a secret that is stored in the wrong form is reported by its number:", () => {
  const key = Buffer.from("0123456789abcdef");
  test.each<[string, Case]>([
    ["without the white space around it", { stored: [`${SECRET}\n`] }],
    ["without the quotes around it", { stored: [`"${SECRET}"`] }],
    ["without the prefix whsec_", { stored: [`whsec_${SECRET}`] }],
    ["decoded from base64", { stored: [key.toString("base64")], signedWith: key.toString() }],
    ["decoded from hexadecimal", { stored: [key.toString("hex")], signedWith: key.toString() }],
    ["with the word Bearer in front", { scheme: "gitlab", signedWith: `Bearer ${SECRET}` }],
    ["without the word Bearer", { scheme: "gitlab", stored: [`Bearer ${SECRET}`] }],
  ])("%s", (how, given) => {
    const stored = ["nobody's", ...(given.stored ?? [SECRET])];
    const diagnosis = diagnosisOf({ ...given, stored });
    expect(diagnosis).toEqual({ cause: "secret_form", detail: `secret 1 matches ${how}` });
  });

  test("as text, where the scheme decodes it", () => {
    const scheme = schemeOf("standard-webhooks");
    const stored = `whsec_${randomBytes(24).toString("base64")}`;
    const body = Buffer.from("{}");
    const signature = createHmac("sha256", stored)
      .update(`msg_1.${NOW / 1000}.`)
      .update(body)
      .digest("base64");
    const headers = {
      "webhook-id": ["msg_1"],
      "webhook-timestamp": [String(NOW / 1000)],
      "webhook-signature": [`v1,${signature}`],
    };
    const request = { method: "POST", headers, body };
    const rejection = verify(scheme, request, [stored], NOW);
    if (rejection.ok) throw new Error("the request is right");
    expect(diagnose(scheme, { request, rejection, secrets: [stored], now: NOW })).toEqual({
      cause: "secret_form",
      detail: "secret 0 matches as text, not decoded",
    });
  });
});

describe("a clock that differs is reported by how much,", () => {
  test.each([
    [-600, "behind", SECRET, "apart from that the signature is valid"],
    [900, "ahead of", SECRET, "apart from that the signature is valid"],
    [-600, "behind", "another", "and no secret matches"],
  ])("%i s %s ours, and whether the rest is right", (seconds, where, signedWith, rest) => {
    const diagnosis = diagnosisOf({ scheme: "stripe", signedAt: NOW + seconds * 1000, signedWith });
    expect(diagnosis).toMatchObject({ cause: "clock", secondsOff: seconds });
    expect(diagnosis.detail).toContain(`${Math.abs(seconds)} s ${where} our clock`);
    expect(diagnosis.detail).toContain(rest);
  });
});

test("a secret of another provider with the scheme is reported by that provider", () => {
  const others = new Map([
    ["none", []],
    ["live", ["live-secret"]],
  ]);
  expect(diagnosisOf({ signedWith: "live-secret", others })).toEqual({
    cause: "other_provider",
    detail: "a secret of the provider live matches",
  });
});

test.each<[string, Case]>([
  ["header_missing", { drop: "X-Hub-Signature-256" }],
  ["no_secret_matched", { signedWith: "another" }],
  ["no_secret_matched", { scheme: "gitlab", signedWith: "another" }],
])("%s where nothing more is known", (cause, given) => {
  expect(diagnosisOf(given).cause).toBe(cause);
});

test("an address that is configured in another way than the provider has it is reported", () => {
  const scheme = schemeOf("twilio");
  const body = Buffer.from("MessageStatus=sent");
  const headers = sign(scheme, { body, secret: SECRET, now: NOW, url: "https://hooks.example.com/twilio/" });
  const request = {
    method: "POST",
    url: "https://hooks.example.com/twilio",
    headers: { "x-twilio-signature": [headers["X-Twilio-Signature"] ?? ""] },
    body,
  };
  const rejection = verify(scheme, request, [SECRET], NOW);
  if (rejection.ok) throw new Error("the request is right");
  expect(diagnose(scheme, { request, rejection, secrets: [SECRET], now: NOW })).toMatchObject({
    cause: "url",
    detail: expect.stringContaining("with a slash at its end") as string,
  });
});

describe("what a stranger sends", () => {
  test("above the limit is not written again", () => {
    const body = JSON.stringify({ filler: "x".repeat(MAX_DIAGNOSED_BYTES) });
    expect(diagnosisOf({ sent: body, came: `${body}\n` })).toEqual({
      cause: "no_secret_matched",
      detail: expect.stringContaining("too large to try common variants") as string,
    });
  });

  test.each([
    ["brackets alone", "[".repeat(MAX_DIAGNOSED_BYTES / 2) + "]".repeat(MAX_DIAGNOSED_BYTES / 2)],
    ["moderately nested brackets", "[".repeat(4_000) + "]".repeat(4_000)],
    ["a long list", `[${"1,".repeat(100_000)}1]`],
    ["quotes and backslashes", `"${'\\"'.repeat(100_000)}"`],
    ["a form of ampersands", `a=${"&=".repeat(60_000)}`],
    ["nothing", ""],
    ["a list nested as deep as is indented", `${"[".repeat(32)}${"1,".repeat(100_000)}1${"]".repeat(32)}`],
  ])("costs less than two seconds and no more than a bounded number of bytes: %s", (_, came) => {
    const begun = performance.now();
    expect(diagnosisOf({ sent: "{}", came }).cause).toBe("no_secret_matched");
    expect(performance.now() - begun).toBeLessThan(2_000);
    const request = { method: "POST", headers: {}, body: Buffer.from(came) };
    const longest = Math.max(
      ...[...asSent(schemeOf("github"), request)].map(({ body }) => body?.length ?? 0),
    );
    expect(longest).toBeLessThan(40 * came.length + 100);
  });
});

test("holds no secret and no signature", () => {
  const told = [
    diagnosisOf({ stored: [`${SECRET} `] }),
    diagnosisOf({ signedWith: "another" }),
    diagnosisOf({ scheme: "stripe", signedAt: 0 }),
  ];
  const signature = createHmac("sha256", SECRET).update('{"id":"evt_1"}').digest("hex");
  for (const text of [SECRET, signature]) expect(JSON.stringify(told)).not.toContain(text);
});

describe.each(Object.values(schemes).map((scheme) => [scheme.id, scheme] as const))("%s", (_, scheme) => {
  test("never throws, whatever the reason is", () => {
    const request = {
      method: "POST",
      headers: {},
      url: "https://hooks.example.com/x",
      body: Buffer.from("{}"),
    };
    for (const reason of ["header_missing", "signature_mismatch", "timestamp_outside_window"] as const) {
      const rejection = { ok: false, reason, detail: "d", timestamp: NOW } as const;
      expect(diagnose(scheme, { request, rejection, secrets: ["x"], now: NOW })).toHaveProperty("cause");
    }
  });
});
