import { prettyJson } from "../../../inbox/pretty-json";

test.each([
  ["an object", '{"a":1,"b":[true,null]}', '{\n  "a": 1,\n  "b": [\n    true,\n    null\n  ]\n}'],
  ["empty ones", '{"a":{},"b":[ ]}', '{\n  "a": {},\n  "b": []\n}'],
  ["braces and escapes in strings", '{"a":"{\\"x\\": [1]}"}', '{\n  "a": "{\\"x\\": [1]}"\n}'],
  [
    "numbers that JavaScript rounds",
    '{"id":12345678901234567890,"x":1.10}',
    '{\n  "id": 12345678901234567890,\n  "x": 1.10\n}',
  ],
  ["what is not JSON", "<script>alert(1)</script>", "<script>alert(1)</script>"],
])("%s", (_, text, pretty) => expect(prettyJson(text)).toBe(pretty));

describe("what nobody can read is shown in part", () => {
  test.each([
    ["28 KB of brackets", `${"[".repeat(14_000)}${"]".repeat(14_000)}`],
    ["28 KB of objects in objects", `${'{"a":'.repeat(4_700)}1${"}".repeat(4_700)}`],
    [
      "lists of lists beside each other",
      `[${Array(3_000)
        .fill("[".repeat(100) + "]".repeat(100))
        .join(",")}]`,
    ],
    ["4 MB of text", JSON.stringify("x".repeat(4_000_000))],
    ["4 MB that are not JSON", "x".repeat(4_000_000)],
    ["4 MB of backslashes", JSON.stringify("\\".repeat(2_000_000))],
    ["a million numbers", JSON.stringify(Array(1_000_000).fill(1))],
  ])("%s", (_, text) => {
    expect(prettyJson(text).length).toBeLessThan(300_000);
  });

  test("and says how much there is", () => {
    expect(prettyJson(JSON.stringify("x".repeat(400_000)))).toMatch(
      /… \(cut; the whole has 400002 characters\)$/,
    );
  });

  test("never by half of a surrogate pair", () => {
    const text = prettyJson(JSON.stringify("\u{1f600}".repeat(200_000)));
    expect(text).not.toMatch(/\p{Surrogate}/u);
  });

  test("but nothing is lost of what is deep and short", () => {
    const deep = `${'{"a":['.repeat(100)}1${"]}".repeat(100)}`;
    expect(prettyJson(deep).replace(/\s/g, "")).toBe(deep);
  });
});
