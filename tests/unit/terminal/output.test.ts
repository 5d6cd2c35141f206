import { asJson, sanitize, isPrintable } from "../../../terminal/output";

test.each([
  ["\u001b[2J\u001b]0;title\u0007", "\\u001b[2J\\u001b]0;title\\u0007"],
  ["\u009b31mred\u007f", "\\u009b31mred\\u007f"],
  ["one\r\ntwo", "one\\u000d\\u000atwo"],
  ["Grüße, 你好 🎉", "Grüße, 你好 🎉"],
])("what a provider wrote cannot control a terminal: %j", (text, shown) => {
  expect(sanitize(text)).toBe(shown);
});

test("a payload keeps the line breaks that were requested, and no others", () => {
  expect(sanitize("{\n\t1\r}\u001b", "\n\t")).toBe("{\n\t1\\u000d}\\u001b");
});

test.each([undefined, 2])("JSON shows no control character, and means the same (indent %p)", (indent) => {
  const value = { "\u0085": ["\u009b2J", "\u007f", "\u202eabc", "\u{e0001}", "é 🎉"], n: 1 };
  const json = asJson(value, indent);
  expect(json.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(json).toContain("é 🎉");
  expect(JSON.parse(json)).toEqual(value);
});

test.each([
  ['{\n\t"a": "Grüße 🎉"\r\n}', true],
  ["\u001b[2J", false],
  ["\u009b2J", false],
  ["overwritten\rby this", false],
  ["\u202e", false],
])("a payload can be written to a terminal as it is: %j %p", (text, expected) => {
  expect(isPrintable(Buffer.from(text))).toBe(expected);
});

test("bytes that are not UTF-8 cannot, since a terminal of another encoding may take them for controls", () => {
  expect(isPrintable(Buffer.from([0x9b, 0x32, 0x4a]))).toBe(false);
});
