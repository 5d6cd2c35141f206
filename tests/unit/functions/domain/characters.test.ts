import { cleanText, escapeInJson, replaceInvalidCharacters } from "../../../../functions/domain/characters";
import { messageBody, parseWebhook } from "../../../../functions/domain/message";
import { deduplicationId, eventId, eventType, messageGroup } from "../../../../functions/domain/webhook";
import { admittedOf } from "../../../../functions/domain/webhook-of-request";
import { readPayload } from "../../../../functions/domain/payload";
import { schemes } from "../../../../providers";

/** #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF */
const isTaken = (code: number) =>
  code === 0x9 ||
  code === 0xa ||
  code === 0xd ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  code >= 0x1_0000;

const rejectedIn = (text: string) => [...text].filter((character) => !isTaken(character.codePointAt(0) ?? 0));

/** All code points that SQS rejects, each surrogate alone. */
const REJECTED = Array.from({ length: 0x1_0000 }, (_, code) => code)
  .filter((code) => !isTaken(code))
  .map((code) => String.fromCharCode(code));

const isWhole = (character: string) => !/\p{Surrogate}/u.test(character);

const provider = (scheme: string) => ({ name: "acme", scheme: schemes[scheme]! });
const messageOf = (scheme: string, body: Buffer, headers: Record<string, string[]> = {}) => {
  const request = { method: "POST", headers, body, requestId: "request-1" };
  const payload = readPayload(schemes[scheme]!, request);
  return admittedOf(request, provider(scheme), payload, undefined).webhook;
};

test("there are 2,079 code units that SQS rejects", () => expect(REJECTED).toHaveLength(2_079));

describe("every code point that SQS rejects", () => {
  test("in a JSON payload reaches the event as it was", () => {
    for (const character of REJECTED) {
      const value = { id: "1", text: `a${character}b` };
      // A body is UTF-8: half a pair can only stand in it as an escape, which JSON.stringify writes.
      const sent = JSON.stringify(value);
      const webhook = messageOf("hmac-sha256", Buffer.from(sent));
      const body = messageBody(webhook);
      expect(rejectedIn(body)).toEqual([]);
      expect(JSON.parse(parseWebhook(body).data ?? "")).toEqual(value);
      expect(rejectedIn(parseWebhook(body).data ?? "")).toEqual([]);
    }
  });

  test("in a form reaches the event", () => {
    for (const character of REJECTED) {
      const encoded = encodeURIComponent(isWhole(character) ? character : "\ufffd");
      const webhook = messageOf("twilio", Buffer.from(`MessageSid=SM1&Body=a${encoded}b`), {
        "content-type": ["application/x-www-form-urlencoded"],
      });
      const body = messageBody(webhook);
      expect(rejectedIn(body)).toEqual([]);
      expect(JSON.parse(parseWebhook(body).data ?? "")).toMatchObject({
        Body: `a${isWhole(character) ? character : "\ufffd"}b`,
      });
    }
  });

  test("in a type, an id or an ordering key stops no message", () => {
    for (const character of REJECTED) {
      const hostile = `a${character}b`;
      const type = eventType(hostile);
      const id = eventId(hostile);
      const webhook = { provider: "acme", id, replay: 0 };
      const body = messageBody({ ...webhook, type, contentType: "t", size: 1, s3Key: "k" });
      expect(rejectedIn(body + type + id + deduplicationId(webhook) + messageGroup("acme", hostile))).toEqual(
        [],
      );
      expect(() => encodeURIComponent(type)).not.toThrow();
    }
  });

  test("in the text of an error is replaced", () => {
    for (const character of REJECTED) expect(cleanText(`a${character}b`, 10)).toBe("a\ufffdb");
  });
});

test("what SQS takes stays as it is", () => {
  const taken = Array.from({ length: 0x11_0000 }, (_, code) => code)
    .filter(isTaken)
    .map((code) => String.fromCodePoint(code))
    .join("");
  expect(replaceInvalidCharacters(taken)).toBe(taken);
  expect(escapeInJson(taken)).toBe(taken);
});

describe("a text is cut by code points", () => {
  test.each([0, 1, 2, 3])("and never inside of a pair: %i characters before the pairs", (before) => {
    const text = "x".repeat(before) + "\u{1f600}".repeat(2_000);
    const cut = cleanText(text, 1_000);
    expect([...cut]).toHaveLength(1_000);
    expect(rejectedIn(cut)).toEqual([]);
    expect(text.startsWith(cut)).toBe(true);
  });

  test("a type too, to what EventBridge takes", () => {
    for (const before of [0, 1]) {
      const type = eventType("x".repeat(before) + "\u{1f600}".repeat(100));
      expect(type.length).toBeLessThanOrEqual(128);
      expect(type).toMatch(/^x?(\u{1f600})+$/u);
    }
  });
});
