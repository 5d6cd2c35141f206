import { verify } from "../../../../providers";
import { eventIn, request } from "../../../support/providers/requests";
import { custom } from "../../../support/providers/senders";

const of = custom("mercado-pago");
const BODY = { id: 1, action: "order.processed", data: { id: "ORD01ABC" } };
// printf 'id:ord01abc;request-id:r-1;ts:1704908010;' | openssl dgst -sha256 -hmac s3cret
const SIGNED = "ts=1704908010,v1=f49e4e50f92a9907b27beb8122fce31472ea207fa2834906dee696e92ca344e1";
// The same without `id:ord01abc;`.
const WITHOUT_ID = "ts=1704908010,v1=16cdc5ddab52ee2449def82d4f353c712ce65edbf852ac3a83e8cc45db418676";

interface Sent {
  readonly signature?: string;
  readonly requestId?: string;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

function incoming({
  signature = SIGNED,
  requestId = "r-1",
  query = { "data.id": "ORD01ABC" },
  body = BODY,
}: Sent = {}) {
  const headers = { "X-Signature": signature, "X-Request-Id": requestId };
  return { ...request(headers, Buffer.from(JSON.stringify(body))), query };
}
const verdict = (sent?: Sent) => verify(of, incoming(sent), ["s3cret"], 0);

test("the id of the address is signed in lower case, else the body's, and left out where there is none", () => {
  expect(verdict()).toEqual({ ok: true, secretIndex: 0 });
  expect(verdict({ query: {} }).ok).toBe(true);
  expect(verdict({ query: {}, body: {}, signature: WITHOUT_ID }).ok).toBe(true);
});

test.each<[string, Sent, string]>([
  [
    "about another payment",
    { query: { "data.id": "ORD02" }, body: { data: { id: "ORD02" } } },
    "signature_mismatch",
  ],
  ["whose body is about another payment", { body: { ...BODY, data: { id: "ORD02" } } }, "signature_mismatch"],
  ["of another id", { requestId: "r-2" }, "signature_mismatch"],
  ["whose id holds more of what is signed", { requestId: "r-1;ts:1704908010" }, "header_malformed"],
  ["with two times", { signature: `ts=1704908011,${SIGNED}` }, "header_malformed"],
])("a request %s is rejected", (_, sent, reason) => {
  expect(verdict(sent)).toMatchObject({ ok: false, reason });
});

test("a request that is sent again is the same event, whatever its body says that is not signed", () => {
  const idOf = (sent?: Sent) => eventIn(of, incoming(sent), sent?.body ?? BODY).id;
  expect(idOf({ body: { ...BODY, id: 2, action: "other" } })).toBe(idOf());
  expect(idOf({ requestId: "r-2" })).not.toBe(idOf());
});
