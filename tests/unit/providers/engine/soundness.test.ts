import { coverage, schemes, sign, verify, type Scheme } from "../../../../providers";
import type { Verification } from "../../../../providers/engine/scheme";
import { body, header, path, secret } from "../../../../providers/engine/references";
import { request, SECRET } from "../../../support/providers/requests";

/* A scheme says what it proves, and is rejected where that is not so. */

const base = {
  id: "test",
  name: "Test",
  confidence: "secondary",
  event: { id: [], type: [], time: [], otherwise: { by: "body", because: "It is a test." } },
} as const;

const signature = { headers: ["X-Sig"], value: { form: "whole" }, encoding: "hex" } as const;
const hmac = { kind: "hmac", hash: "sha256", key: { encoding: "utf8" }, signature } as const;
const token: Verification = { kind: "token", at: header("X-Token") };

function problemOf(scheme: Scheme): string {
  try {
    verify(scheme, request({ "X-Sig": "0" }), [SECRET], 0);
    return "none";
  } catch (error) {
    return String(error);
  }
}

it.each<[string, Scheme, RegExp]>([
  ["a token that claims the body", { ...base, verify: token }, /does not say that it covers nothing/],
  ["no proof at all that claims the body", { ...base, verify: { kind: "none" } }, /covers nothing/],
  [
    "a signed body that claims less",
    { ...base, covers: "nothing", verify: { ...hmac, content: [body] } },
    /says that it does not/,
  ],
  [
    "a signature over a value, which does not say so",
    { ...base, verify: { ...hmac, content: [path("token")] } },
    /leaves out the body/,
  ],
  [
    "one that says so and knows events by a hash of the body",
    {
      ...base,
      covers: "part",
      event: { ...base.event, id: [path("token")] },
      verify: { ...hmac, content: [path("token")] },
    },
    /no hash of it can identify an event/,
  ],
  [
    "one whose id is another value of the body",
    {
      ...base,
      covers: "part",
      event: { ...base.event, id: [path("id")] },
      verify: { ...hmac, content: [path("token")] },
    },
    /id is not signed/,
  ],
  [
    "one whose id is an unsigned header",
    { ...base, event: { ...base.event, id: [header("X-Id")] }, verify: { ...hmac, content: [body] } },
    /header X-Id is not signed/,
  ],
  [
    "a token whose id is a header",
    { ...base, covers: "nothing", event: { ...base.event, id: [header("X-Id")] }, verify: token },
    /header X-Id is not signed/,
  ],
  [
    "one that calls a signed header the unsigned id of a delivery",
    {
      ...base,
      event: { ...base.event, deliveryId: header("X-Id") },
      verify: { ...hmac, content: [header("X-Id"), body] },
    },
    /X-Id is signed: it is the event id/,
  ],
  [
    "one that knows events by a time of signing and signs none",
    {
      ...base,
      event: { ...base.event, otherwise: { by: "body-and-time", because: "It is a test." } },
      verify: { ...hmac, content: [body] },
    },
    /no time of signing/,
  ],
  [
    "an id out of a batch",
    { ...base, event: { ...base.event, id: [path("*.id")] }, verify: { ...hmac, content: [body] } },
    /one element of a list/,
  ],
  [
    "a plain hash without a secret",
    { ...base, verify: { kind: "digest", hash: "sha256", signature, content: [body] } },
    /has the secret/,
  ],
  [
    "a plain hash with the secret behind",
    { ...base, verify: { kind: "digest", hash: "sha256", signature, content: [body, secret] } },
    /begins with the secret/,
  ],
  [
    "a signature in two places",
    { ...base, verify: { ...hmac, signature: { ...signature, at: path("sig") }, content: [body] } },
    /in headers or in the payload/,
  ],
])("rejected: %s", (_case, scheme, problem) => {
  expect(problemOf(scheme)).toMatch(problem);
});

it("what each scheme proves is known", () => {
  const of = (wanted: string): string[] =>
    Object.values(schemes)
      .filter((scheme) => (scheme.verify.kind as string) !== "custom" && coverage(scheme) === wanted)
      .map(({ id }) => id)
      .sort();
  expect(of("part")).toEqual(["mailgun"]);
  expect(of("unsigned")).toEqual(["mollie-classic", "strava"]);
  expect(of("nothing")).toEqual([
    "auth0",
    "azure-event-grid",
    "chargebee",
    "cloudflare-notifications",
    "gitlab",
    "huggingface",
    "mailchimp",
    "okta",
    "pipedrive",
    "postmark",
    "revenuecat",
    "telegram",
    "xendit",
  ]);
});

it("Basic credentials are a user name and a password", () => {
  const chargebee = schemes["chargebee"];
  if (!chargebee) throw new Error("no scheme chargebee");
  expect(() => sign(chargebee, { body: Buffer.alloc(0), secret: "no colon", now: 0 })).toThrow(
    /user:password/,
  );
  const headers = sign(chargebee, { body: Buffer.alloc(0), secret: "Aladdin:open sesame", now: 0 });
  // The example of RFC 7617.
  expect(headers).toEqual({ Authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" });
});
