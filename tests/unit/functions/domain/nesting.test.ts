import { inlined } from "../../../../functions/domain/webhook-of-request";
import { isTooDeep, MAX_DEPTH } from "../../../../functions/domain/nesting";
import { readPayload } from "../../../../functions/domain/payload";
import { schemes } from "../../../../providers";

const lists = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

test.each([
  ["lists", lists],
  ["objects", objects],
])("%s are too deep above the limit and not at it", (_, nested) => {
  expect(isTooDeep(nested(MAX_DEPTH))).toBe(false);
  expect(isTooDeep(nested(MAX_DEPTH + 1))).toBe(true);
});

test.each([
  ["brackets in texts", JSON.stringify({ a: "[".repeat(1_000), b: `\\"${"{".repeat(1_000)}` })],
  ["many beside each other", `[${Array(1_000).fill("[[]]").join(",")}]`],
])("%s are no depth", (_, json) => expect(isTooDeep(json)).toBe(false));

test.each([201, 20_000])(
  "a payload of %i levels travels as base64, so that no consumer has to parse it",
  (depth) => {
    const body = Buffer.from(objects(depth));
    const payload = readPayload(schemes["hmac-sha256"]!, { method: "POST", headers: {}, body });
    const { data, dataBase64 } = inlined(payload, { scheme: schemes["hmac-sha256"]! }) ?? {};
    // 20,000 levels of objects are more than travels inline as base64.
    expect(data).toBeUndefined();
    if (dataBase64 !== undefined) expect(Buffer.from(dataBase64, "base64")).toEqual(body);
    expect(dataBase64 === undefined).toBe(depth === 20_000);
  },
);
