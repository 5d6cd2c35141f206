import { harmless } from "../../../cli/output";

test.each([
  ["\u001b[2J\u001b]0;title\u0007", "\\u001b[2J\\u001b]0;title\\u0007"],
  ["\u009b31mred\u007f", "\\u009b31mred\\u007f"],
  ["one\r\ntwo", "one\\u000d\\u000atwo"],
  ["Grüße, 你好 🎉", "Grüße, 你好 🎉"],
])("what a sender wrote cannot control a terminal: %j", (text, shown) => {
  expect(harmless(text)).toBe(shown);
});

test("a payload keeps the line breaks that were asked for, and no others", () => {
  expect(harmless("{\n\t1\r}\u001b", "\n\t")).toBe("{\n\t1\\u000d}\\u001b");
});
