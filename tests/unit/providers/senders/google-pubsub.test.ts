import { verify } from "../../../../providers";
import { makeJwt } from "../../../../providers/recipes/jwt";
import { keyPair } from "../../../../providers/engine/test-keys";
import { NOW, request } from "../../../support/providers/requests";
import { ADDRESS, custom, jwk } from "../../../support/providers/senders";

const ACCOUNT = "push@shop.iam.gserviceaccount.com";
const { signWith } = keyPair("rsa");
const published = JSON.stringify({ keys: [{ ...jwk(signWith), kid: "k1", use: "sig" }] });
const SECONDS = Math.floor(NOW / 1_000);

/** As in Google's own example of a push. @see https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions */
const CLAIMS = {
  aud: ADDRESS,
  azp: "113774264463038321964",
  email: ACCOUNT,
  sub: "113774264463038321964",
  email_verified: true,
  exp: SECONDS + 3_600,
  iat: SECONDS,
  iss: "https://accounts.google.com",
};

function verdict(over: Record<string, unknown> = {}, secrets = [ACCOUNT]) {
  const token = makeJwt({ alg: "RS256", kid: "k1" }, { ...CLAIMS, ...over }, signWith);
  const incoming = { ...request({ Authorization: `Bearer ${token}` }, Buffer.from("{}")), url: ADDRESS };
  return verify(custom("google-pubsub"), incoming, secrets, NOW, published);
}

test("a token of Google for the subscription's service account and this address is taken", () => {
  expect(verdict()).toEqual({ ok: true, secretIndex: 0 });
  expect(verdict({}, ["other@shop.iam.gserviceaccount.com", ACCOUNT])).toEqual({ ok: true, secretIndex: 1 });
  expect(verdict({ aud: "shop:webhooks" }, [`${ACCOUNT}:shop:webhooks`]).ok).toBe(true);
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "of another account, for which anybody can have one made",
    { email: "x@evil.iam.gserviceaccount.com" },
    "another service account",
  ],
  ["for another address", { aud: "https://other.example.com" }, "another audience"],
  ["of an unproved address", { email_verified: false }, "no identity token"],
  ["of another issuer", { iss: "https://evil.example.com" }, "no identity token"],
  ["that has ended", { exp: SECONDS - 61 }, "has ended"],
  ["without an end", { exp: undefined }, "has ended"],
])("a token %s is rejected", (_, claims, detail) => {
  expect(verdict(claims)).toMatchObject({ ok: false, detail: expect.stringContaining(detail) as string });
});

test("a secret that is no service account is for the operator to fix", () => {
  expect(() => verdict({}, ["a secret"])).toThrow("is not the e-mail address of a service account");
});
