import { createHmac } from "node:crypto";
import { ConfigurationError, contextOf, handshake, verify, type WebhookRequest } from "../../../../providers";
import { forRandomCases, type Random } from "../../../support/providers/random";
import {
  NOW,
  SECRET,
  eventIn,
  headerOf,
  request,
  signed,
  signedHeaders,
  typicalSchemes,
  withHeader,
} from "../../../support/providers/requests";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function randomSecret(random: Random): string {
  return `whsec_${Array.from({ length: 32 }, () => random.pick([...ALPHABET])).join("")}`;
}

function flipped(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}

describe.each(typicalSchemes)("%s", (_id, of) => {
  const [signatureName = ""] = of.verify.signature.headers;

  it("verifies whatever bytes it signed, and the signature is the HMAC that anyone can compute", () => {
    forRandomCases(300, (random) => {
      const secret = randomSecret(random);
      const body = random.bytes(300);
      const incoming = signed(of, { secret, id: `msg_${random.below(1e6)}` }, body);
      expect(verify(of, incoming, [secret], NOW)).toMatchObject({ ok: true, secretIndex: 0 });

      const seconds = String(Math.floor(NOW / 1000));
      const id = incoming.headers["webhook-id"]?.[0] ?? incoming.headers["svix-id"]?.[0] ?? "";
      const before: Readonly<Record<string, string>> = {
        stripe: `${seconds}.`,
        slack: `v0:${seconds}:`,
        "standard-webhooks": `${id}.${seconds}.`,
        svix: `${id}.${seconds}.`,
      };
      const key =
        of.verify.key.encoding === "base64" ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
      const hmac = createHmac("sha256", key).update(Buffer.concat([Buffer.from(before[of.id] ?? ""), body]));
      const expected = hmac.digest(of.verify.signature.encoding === "base64" ? "base64" : "hex");
      expect(headerOf(incoming, signatureName).endsWith(expected)).toBe(true);
    });
  });

  it("rejects the body with any bit flipped, a byte more or a byte less", () => {
    forRandomCases(300, (random) => {
      const body = Buffer.concat([random.bytes(300), Buffer.from([random.below(256)])]);
      const incoming = signed(of, {}, body);
      for (const other of [
        flipped(body, random),
        body.subarray(1),
        Buffer.concat([body, Buffer.from([0])]),
      ]) {
        expect(verify(of, { ...incoming, body: other }, [SECRET], NOW).ok).toBe(false);
      }
    });
  });

  it("rejects with any character of the secret changed", () => {
    forRandomCases(300, (random) => {
      const secret = randomSecret(random);
      const at = 6 + random.below(32);
      const character = random.pick([...ALPHABET].filter((other) => other !== secret[at]));
      const other = secret.slice(0, at) + character + secret.slice(at + 1);
      expect(verify(of, signed(of, { secret }), [other], NOW).ok).toBe(false);
    });
  });

  it.each(signedHeaders(of))("rejects with any character of %s changed", (name) => {
    const incoming = signed(of, { id: "msg_1" });
    const value = headerOf(incoming, name);
    for (let at = 0; at < value.length; at++) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64]) {
        const character = String.fromCharCode(value.charCodeAt(at) ^ bit);
        const changed = value.slice(0, at) + character + value.slice(at + 1);
        // Hexadecimal in either case is the same signature, and white space around a list's item means nothing.
        if (of.id === "hmac-sha256" && changed.toLowerCase() === value.toLowerCase()) continue;
        expect({ changed, ok: verify(of, withHeader(incoming, name, changed), [SECRET], NOW).ok }).toEqual({
          changed,
          ok: false,
        });
      }
    }
  });

  it("gives a verdict on whatever headers and bodies come, and reads an event out of whatever payload", () => {
    const names = [
      ...signedHeaders(of),
      ...[of.event.deliveryId, ...contextOf(of.event)].flatMap((ref) => ref?.names ?? []),
    ];
    const pieces = [
      "",
      " ",
      ",",
      "=",
      "v1",
      "v1,",
      "v1=",
      "v0=",
      "sha256=",
      "t=",
      "1772366400",
      "\0",
      "é",
      "😀",
      "a".repeat(64),
      `${"A".repeat(43)}=`,
    ];
    const values: unknown[] = [undefined, null, true, 0, -1, 1.5, NaN, 1e400, "", "x", [], {}, [[]]];
    forRandomCases(500, (random) => {
      const headers = Object.fromEntries(
        names.map((name) => [
          name.toLowerCase(),
          Array.from({ length: random.below(3) }, () =>
            Array.from({ length: random.below(6) }, () => random.pick(pieces)).join(""),
          ),
        ]),
      );
      const incoming: WebhookRequest = { method: "POST", headers, body: random.bytes(50) };
      expect(verify(of, incoming, [SECRET], NOW)).toMatchObject({ ok: false });
      const value = (): unknown => random.pick(values);
      const payload = random.pick([
        value(),
        {
          id: value(),
          type: value(),
          created: value(),
          event: value(),
          event_id: value(),
          event_time: value(),
        },
        { event: { type: value() }, action: value(), timestamp: value(), challenge: value() },
      ]);
      const event = eventIn(of, incoming, payload);
      expect(event.id.length).toBeGreaterThan(0);
      expect(event.type.length).toBeGreaterThan(0);
      expect(handshake(of, incoming, payload)).toBeUndefined();
    });
  });

  it("takes no header from the prototype of the headers", () => {
    const headers = Object.create(
      Object.fromEntries(signedHeaders(of).map((name) => [`x-${name.toLowerCase()}`, ["1"]])),
    ) as WebhookRequest["headers"];
    expect(verify(of, { method: "POST", headers, body: Buffer.alloc(0) }, [SECRET], NOW)).toMatchObject({
      reason: "header_missing",
    });
  });
});

it("an error of the configuration can be distinguished from every other one", () => {
  const error = new ConfigurationError("x");
  expect({ name: error.name, isError: error instanceof Error }).toEqual({
    name: "ConfigurationError",
    isError: true,
  });
  expect(request({ "X-A": "1" }).headers).toEqual({ "x-a": ["1"] });
});
