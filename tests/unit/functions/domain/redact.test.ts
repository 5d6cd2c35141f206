import { inlined } from "../../../../functions/domain/webhook-of-request";
import { readPayload } from "../../../../functions/domain/payload";
import { redacted } from "../../../../functions/domain/redact";
import { admittedEvents } from "../../../../functions/domain/split";
import { inlineData } from "../../../../inbox/stored-payload";
import { schemes, type Scheme } from "../../../../providers";
import { forRandomCases } from "../../../support/providers/random";

const plain: Scheme = schemes["hmac-sha256"]!;
const graph: Scheme = schemes["microsoft-graph"]!;
const textOf = (text: string, redact: readonly string[], scheme = plain) => {
  const data = redacted({ text }, { scheme, redact });
  return data && "text" in data ? data.text : undefined;
};
const request = (body: string | Buffer) => ({
  method: "POST",
  headers: {},
  requestId: "r1",
  body: Buffer.from(body),
});

test.each<[string, string, readonly string[], string]>([
  ["a text", '{"email":"a@b.c","n":1}', ["email"], '{"email":"[redacted]","n":1}'],
  [
    "any other value",
    '{"card":{"no":1},"tags":["x"],"on":true}',
    ["card", "tags", "on"],
    '{"card":null,"tags":null,"on":null}',
  ],
  [
    "a field inside of others",
    '{"a":{"b":{"c":"x","d":2}}}',
    ["a.b.c"],
    '{"a":{"b":{"c":"[redacted]","d":2}}}',
  ],
  [
    "each element's field",
    '{"i":[{"card":"1"},{"no":2},{"card":3}]}',
    ["i.*.card"],
    '{"i":[{"card":"[redacted]"},{"no":2},{"card":null}]}',
  ],
  ["each element", '[[1,"b"]]', ["*.*"], '[[null,"[redacted]"]]'],
  [
    "a property that is there twice, both times",
    '{"e":"one","e":"two"}',
    ["e"],
    '{"e":"[redacted]","e":"[redacted]"}',
  ],
  ["a name with an escape", '{"e\\u006dail":"x"}', ["email"], '{"e\\u006dail":"[redacted]"}'],
  ["what is not there", '{"a":1}', ["b", "a.b", "a.*"], '{"a":1}'],
  ["a field and what is in it", '{"a":{"b":"x"}}', ["a.b", "a", "a.b"], '{"a":null}'],
])("%s is blanked", (_, text, paths, expected) => expect(textOf(text, paths)).toBe(expected));

test("every other character stays as it was sent: numbers with all their digits, white space, escapes", () => {
  const text = '{ "id": 12345678901234567890.10,\n "secret": "x" , "t": "\\u00e9" }';
  expect(textOf(text, ["secret"])).toBe(text.replace('"x"', '"[redacted]"'));
});

test("whatever a payload is, it is still JSON, without what was to be blanked, and else the same", () =>
  forRandomCases(200, (random) => {
    const any = () => ({ [random.bytes(9).toString("latin1")]: random.bytes(30).toString("latin1") });
    const value = { keep: any(), items: [any(), { hidden: "S3CRET" }], hidden: "S3CRET" };
    const text = textOf(JSON.stringify(value), ["hidden", "items.*.hidden"]) ?? "";
    expect(text).not.toContain("S3CRET");
    expect(JSON.parse(text)).toEqual(
      JSON.parse(JSON.stringify(value).replaceAll('"S3CRET"', '"[redacted]"')),
    );
  }));

test("a payload in which nothing can be found does not travel in the event at all", () => {
  const payload = readPayload(plain, request(Buffer.from([0xff, 0xfe, 0x00])));
  expect(inlined(payload, { scheme: plain })).toHaveProperty("dataBase64");
  expect(inlined(payload, { scheme: plain, redact: ["email"] })).toBeUndefined();
});

test("the secret in Microsoft Graph's notifications is never published, split or whole", () => {
  const body = '{"value":[{"id":"n1","changeType":"created","clientState":"S3CRET"}]}';
  for (const split of [false, true]) {
    const { events } = admittedEvents(
      request(body),
      { name: "graph", scheme: graph, split },
      readPayload(graph, request(body)),
      undefined,
    );
    expect(events[0]?.webhook.data).toContain('"clientState":"[redacted]"');
    expect(events[0]?.raw.body.toString()).toContain("S3CRET");
  }
});

test("a replay redacts what it reads from S3 as ingestion did", () => {
  const provider = { name: "own", scheme: "hmac-sha256", redact: ["email"] };
  const stored = { body: Buffer.from('{"email":"a@b.c"}'), contentType: "application/json" };
  expect(inlineData(provider, stored)?.data).toBe('{"email":"[redacted]"}');
});
