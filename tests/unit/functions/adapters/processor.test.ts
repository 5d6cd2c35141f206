import { createProcessorClient } from "../../../../functions/adapters/processor";

const processor = (answer: () => Promise<Record<string, unknown>>) =>
  createProcessorClient("process", answer).answers();

/** Lambda answers 200 to a function that failed; what it says of it is in the body. */
test.each<[string, () => Promise<Record<string, unknown>>, boolean]>([
  ["answers for an empty batch", async () => ({ batchItemFailures: [] }), true],
  [
    "is throttled",
    () => Promise.reject(new Error('429 {"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"}')),
    false,
  ],
  ["fails as it starts", async () => ({ errorType: "Runtime.ImportModuleError", errorMessage: "" }), false],
  ["answers nothing", async () => ({}), false],
])("a processing function that %s", async (_, answer, expected) => {
  expect(await processor(answer)).toBe(expected);
});
