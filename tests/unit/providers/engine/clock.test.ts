import { verify, type HmacScheme } from "../../../../providers";
import {
  typicalSchemes,
  headerOf,
  NOW,
  scheme,
  SECRET,
  signed,
  withHeader,
} from "../../../support/providers/requests";

const timed = typicalSchemes.filter(
  ([
    ,
    {
      verify: { timestamp },
    },
  ]) => timestamp,
);
const untimed = typicalSchemes.filter(
  ([
    ,
    {
      verify: { timestamp },
    },
  ]) => !timestamp,
);

function verdictAt(of: HmacScheme, signedAt: number, now: number): string {
  const verdict = verify(of, signed(of, { now: signedAt }), [SECRET], now);
  return verdict.ok ? "accepted" : verdict.reason;
}

it("the schemes with a signed time are those whose providers sign one", () => {
  expect(timed.map(([id]) => id)).toEqual(["stripe", "slack", "standard-webhooks", "svix"]);
});

describe.each(timed)("%s, with a window of 300 s to both sides,", (_id, of) => {
  const second = Math.floor(NOW / 1000) * 1000;

  it.each([
    [0, "accepted"],
    [-300, "accepted"],
    [300, "accepted"],
    [-301, "timestamp_outside_window"],
    [301, "timestamp_outside_window"],
    [-86_400, "timestamp_outside_window"],
    [86_400 * 365, "timestamp_outside_window"],
  ])("signed %d s from now: %s", (offset, expected) => {
    expect(verdictAt(of, second + offset * 1000, second)).toBe(expected);
  });

  it("counts whole seconds on both sides, as the provider does", () => {
    expect(verdictAt(of, second, second + 300_999)).toBe("accepted");
    expect(verdictAt(of, second, second + 301_000)).toBe("timestamp_outside_window");
  });

  it("returns the time of signing in milliseconds", () => {
    expect(verify(of, signed(of), [SECRET], NOW)).toEqual({ ok: true, secretIndex: 0, timestamp: second });
  });

  it("shows the operator by how much and to which side the clocks differ", () => {
    const verdict = verify(of, signed(of, { now: second - 400_000 }), [SECRET], second);
    expect(verdict).toMatchObject({
      detail: expect.stringMatching(/is 400 s behind our clock; up to 300 s/) as string,
    });
    const ahead = verify(of, signed(of, { now: second + 400_000 }), [SECRET], second);
    expect(ahead).toMatchObject({
      detail: expect.stringMatching(/is 400 s ahead of our clock; up to 300 s/) as string,
    });
  });

  it.each([
    "",
    " ",
    "NaN",
    "Infinity",
    "-1",
    "+1",
    "-0",
    "1.5",
    "1e9",
    "0x10",
    "01772366400",
    "1772366400.0",
    "1772366400abc",
    "9".repeat(13),
    "9".repeat(400),
    "2026-03-01T12:00:00Z",
    "null",
    "undefined",
    "__proto__",
    "１７７２３６６４００",
  ])("a time of %j is malformed", (text) => {
    const good = signed(of);
    const { timestamp, signature } = of.verify;
    const incoming =
      timestamp?.at.from === "header"
        ? withHeader(good, timestamp.at.names[0] ?? "", text)
        : withHeader(
            good,
            signature.headers[0] ?? "",
            headerOf(good, signature.headers[0] ?? "").replace(/t=\d+/, `t=${text}`),
          );
    expect(verify(of, incoming, [SECRET], NOW)).toMatchObject({ ok: false, reason: "header_malformed" });
  });

  it("a time that is a number but long ago or far ahead is outside the window", () => {
    for (const seconds of [0, 1, 999_999_999_999]) {
      expect(verdictAt(of, seconds * 1000, NOW)).toBe("timestamp_outside_window");
    }
  });
});

it.each(untimed)("%s signs no time and so looks at no clock", (_id, of) => {
  expect(verdictAt(of, NOW, 0)).toBe("accepted");
  expect(verify(of, signed(of), [SECRET], NOW)).toEqual({ ok: true, secretIndex: 0 });
});

it("the scheme's own text is signed, never a number written again", () => {
  const slack = scheme("slack");
  const later = withHeader(signed(slack), "X-Slack-Request-Timestamp", String(Math.floor(NOW / 1000) + 1));
  expect(verify(slack, later, [SECRET], NOW)).toMatchObject({ reason: "signature_mismatch" });
});
