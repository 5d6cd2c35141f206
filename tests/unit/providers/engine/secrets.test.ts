import crypto from "node:crypto";
import { ConfigurationError, sign, verify } from "../../../../providers";
import {
  typicalSchemes,
  NOW,
  OTHER_SECRET,
  PAYLOAD,
  scheme,
  SECRET,
  signed,
} from "../../../support/providers/requests";

const THIRD_SECRET = "whsec_dGhpcmQtc2VjcmV0LW9mLXRoZS10ZXN0cw==";

describe.each(typicalSchemes)("%s", (_id, of) => {
  it("names the secret that matched", () => {
    const live = [OTHER_SECRET, THIRD_SECRET, SECRET];
    expect(live.map((secret) => verify(of, signed(of, { secret }), live, NOW))).toEqual(
      [0, 1, 2].map((secretIndex) => expect.objectContaining({ ok: true, secretIndex }) as object),
    );
  });

  it("rejects what none of several secrets signed", () => {
    const verdict = verify(of, signed(of), [OTHER_SECRET, THIRD_SECRET], NOW);
    expect(verdict).toEqual({
      ok: false,
      reason: "signature_mismatch",
      detail: "none of 2 secrets signed these bytes",
    });
  });

  it.each([[[]], [[""]], [["  "]], [["\n"]], [[SECRET, ""]], [["", SECRET]]])(
    "with the secrets %j nothing is decided: that is the operator's to fix",
    (secrets) => {
      expect(() => verify(of, signed(of), secrets, NOW)).toThrow(ConfigurationError);
    },
  );

  it("never signs with an empty secret", () => {
    for (const secret of ["", " ", []]) {
      expect(() => sign(of, { body: PAYLOAD, secret, now: NOW })).toThrow(ConfigurationError);
    }
  });

  it("is decided by crypto.timingSafeEqual on the bytes, and by nothing else", () => {
    const compare = jest.spyOn(crypto, "timingSafeEqual");
    try {
      compare.mockReturnValue(true);
      expect(verify(of, signed(of, { secret: OTHER_SECRET }), [SECRET], NOW).ok).toBe(true);
      compare.mockReturnValue(false);
      expect(verify(of, signed(of), [SECRET], NOW).ok).toBe(false);
      for (const [expected, given] of compare.mock.calls) {
        expect(Buffer.isBuffer(expected) && Buffer.isBuffer(given)).toBe(true);
        expect(given.byteLength).toBe(expected.byteLength);
      }
      expect(compare).toHaveBeenCalledTimes(2);
    } finally {
      compare.mockRestore();
    }
  });
});

describe("a secret's text", () => {
  const standard = scheme("standard-webhooks");
  const plain = SECRET.replace("whsec_", "");

  it("is the whole key for Stripe, its prefix included", () => {
    const stripe = scheme("stripe");
    expect(verify(stripe, signed(stripe), [plain], NOW).ok).toBe(false);
  });

  it("is base64 for Standard Webhooks, with or without prefix and padding", () => {
    const padded = THIRD_SECRET;
    const incoming = signed(standard, { secret: padded });
    for (const secret of [padded, padded.replace("whsec_", ""), padded.replace(/=+$/, "")]) {
      expect(verify(standard, incoming, [secret], NOW).ok).toBe(true);
    }
  });

  it.each([
    "whsec_",
    "whsec_=",
    "whsec_====",
    "whsec_not base64!",
    "whsec_A",
    "whsec_AAAAA",
    "whsec_-_-_",
    `${SECRET}\n`,
  ])("%j makes no key for Standard Webhooks, and the error does not repeat it", (secret) => {
    const failure = ((): unknown => {
      try {
        return verify(standard, signed(standard), [SECRET, secret], NOW);
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(ConfigurationError);
    const { message } = failure as ConfigurationError;
    expect(message).toMatch(/^secret 1 of scheme standard-webhooks is /);
    if (secret.length > 8) expect(message).not.toContain(secret.trim().slice(6));
  });

  it("with white space around it is used as it is, and the rejection points at it", () => {
    const github = scheme("github");
    expect(verify(github, signed(github), [OTHER_SECRET, `${SECRET}\n`], NOW)).toMatchObject({
      ok: false,
      detail: "none of 2 secrets signed these bytes; secret 1 begins or ends with white space",
    });
  });
});

describe("a provider that rotates its own secret signs with both", () => {
  it.each(["stripe", "standard-webhooks", "svix"])("%s: either one is enough", (id) => {
    const of = scheme(id);
    const incoming = signed(of, { secret: [OTHER_SECRET, SECRET] });
    expect(verify(of, incoming, [SECRET], NOW)).toMatchObject({ ok: true, secretIndex: 0 });
    expect(verify(of, incoming, [OTHER_SECRET], NOW)).toMatchObject({ ok: true, secretIndex: 0 });
    expect(verify(of, incoming, [THIRD_SECRET], NOW)).toMatchObject({
      ok: false,
      reason: "signature_mismatch",
    });
  });

  it.each(["github", "shopify", "slack", "hmac-sha256"])("%s has room for one signature", (id) => {
    expect(() => signed(scheme(id), { secret: [OTHER_SECRET, SECRET] })).toThrow(ConfigurationError);
  });
});

it("keeps working with more secrets than it remembers", () => {
  const of = scheme("github");
  for (let index = 0; index < 200; index++) {
    const secret = `secret-${index}`;
    expect(verify(of, signed(of, { secret }), ["other", secret], NOW)).toEqual({ ok: true, secretIndex: 1 });
  }
});
