import { createHash } from "node:crypto";
import { verify } from "../../../../providers";
import { makeJwt } from "../../../../providers/recipes/jwt";
import { NOW, request } from "../../../support/providers/requests";
import { ADDRESS, custom } from "../../../support/providers/senders";

const SECRET = "a signing key of the account";
const BODY = Buffer.from('{"type":"message.created"}');
const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const SECONDS = Math.floor(NOW / 1_000);
const CLAIMS = {
  iss: "MessageBird",
  nbf: SECONDS,
  exp: SECONDS + 60,
  jti: "j1",
  url_hash: sha256(ADDRESS),
  payload_hash: sha256(BODY),
};

/** The verdict on a token with other claims, made by hand. */
function verdict(over: Record<string, unknown> = {}, { alg = "HS256", now = NOW, body = BODY } = {}) {
  const token = makeJwt({ alg }, { ...CLAIMS, ...over }, SECRET);
  const incoming = { ...request({ "MessageBird-Signature-JWT": token }, body), url: ADDRESS };
  return verify(custom("messagebird"), incoming, [SECRET], now);
}

test.each(["HS256", "HS384", "HS512"])("a token under %s for this body and address is taken", (alg) => {
  expect(verdict({}, { alg })).toMatchObject({ ok: true, secretIndex: 0 });
});

test.each<[string, Record<string, unknown>, string]>([
  ["of another issuer", { iss: "Someone" }, "signature_mismatch"],
  ["for another address", { url_hash: sha256(`${ADDRESS}/other`) }, "signature_mismatch"],
  ["for another body", { payload_hash: sha256("{}") }, "signature_mismatch"],
  ["for no body", { payload_hash: undefined }, "signature_mismatch"],
  ["that has ended", { exp: SECONDS - 61 }, "timestamp_outside_window"],
  ["that has not begun", { nbf: SECONDS + 62 }, "timestamp_outside_window"],
])("a token %s is rejected", (_, claims, reason) => {
  expect(verdict(claims)).toMatchObject({ ok: false, reason });
});

test("a token is taken with the word before it that the provider writes, and not without", () => {
  const claims = { iss: "Vonage", iat: SECONDS, payload_hash: sha256(BODY) };
  const token = makeJwt({ alg: "HS256" }, claims, SECRET);
  const sent = (value: string) =>
    verify(custom("vonage"), request({ Authorization: value }, BODY), [SECRET], NOW);
  expect(sent(`Bearer ${token}`).ok).toBe(true);
  expect(sent(token)).toMatchObject({ ok: false, reason: "header_malformed" });
});
