import { preview } from "../../../inbox/preview";

test.each<[string, unknown, string | undefined, string]>([
  ["the outermost fields first", { a: { b: 1 }, c: "x", d: true }, undefined, "c=x d=true a.b=1"],
  [
    "where the text is before all others, in any case",
    { c: "x", a: [{ b: "CUS_1" }] },
    "cus_1",
    "a.0.b=CUS_1 c=x",
  ],
  ["a text of several lines on one", { a: "one\n  two" }, undefined, "a=one two"],
  ["nothing of what is empty", { a: null, b: "", c: {}, d: [] }, undefined, ""],
  ["a value that is no object", "text", undefined, "=text"],
])("a preview has %s", (_, payload, text, expected) => expect(preview(payload, text)).toBe(expected));

test("a long value is shown around the text, and the whole stays on a line", () => {
  const payload = { long: `${"x".repeat(200)} needle ${"y".repeat(200)}`, other: "z".repeat(300) };
  const line = preview(payload, "needle");
  expect(line).toMatch(/^long=…x{9} needle y+…/);
  expect(line.length).toBeLessThanOrEqual(100);
});
