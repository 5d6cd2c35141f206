import { prettyJson } from "../../../console/trace/pretty";

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
