import { verify } from "../../../../providers";
import { request } from "../../../support/providers/requests";
import { custom } from "../../../support/providers/senders";

/*
 * These signatures are taken by Plivo's own library, `validateV3Signature` of the package plivo, version 4.
 */
const BODY = "From=14155551234&To=1415&To=0999&MessageUUID=m1&Status=delivered&Text=h%C3%A9llo+w%26%3D";
const URL = "https://hooks.example.com/v1/plivo";
const SIGNED = "6p/03umgcKqpSetvY2UnP2FBZSSMkkOSss6Txv7+Kdc=";
const WITH_QUERY = "2ejTvU5cBj9GFb5FIY1cD8GEQZGv21/suRo2KkpQXsE=";

type Sent = Partial<Record<"url" | "body" | "nonce" | "signature" | "header", string>> & {
  readonly query?: Record<string, string>;
};

function verdict({
  url = URL,
  body = BODY,
  nonce = "12345",
  signature = SIGNED,
  query = {},
  ...sent
}: Sent = {}) {
  const headers = { [sent.header ?? "X-Plivo-Signature-V3"]: signature, "X-Plivo-Signature-V3-Nonce": nonce };
  return verify(custom("plivo"), { ...request(headers, Buffer.from(body)), url, query }, ["token"], 0);
}

test("what Plivo's library signs is taken, under both headers and beside another signature", () => {
  expect(verdict()).toEqual({ ok: true, secretIndex: 0 });
  expect(verdict({ header: "X-Plivo-Signature-MA-V3" }).ok).toBe(true);
  expect(verdict({ signature: `${"A".repeat(43)}=,${SIGNED}` }).ok).toBe(true);
  expect(verdict({ url: `${URL}?b=2&a=1`, query: { a: "1", b: "2" }, signature: WITH_QUERY }).ok).toBe(true);
});

test.each<[string, Sent, string]>([
  ["another address", { url: `${URL}/other` }, "signature_mismatch"],
  ["another nonce", { nonce: "12346" }, "signature_mismatch"],
  ["a nonce that takes the end of a value", { nonce: "9.12345" }, "header_malformed"],
  ["a parameter that the configured address does not have", { query: { From14: "1" } }, "signature_mismatch"],
  ["no parameters where the configured address has some", { url: `${URL}?a=1` }, "signature_mismatch"],
  ["a name that could be a parameter", { body: "a%3Db=1" }, "signature_mismatch"],
  ["a body that is no form", { body: "{}" }, "signature_mismatch"],
])("a request with %s is rejected", (_, sent, reason) => {
  expect(verdict(sent)).toMatchObject({ ok: false, reason });
});
