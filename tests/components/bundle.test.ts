import { bundleFunction } from "../../components/bundle";

describe.each([
  ["ingest", "functions/ingest/index.ts", 450_000],
  ["process", "functions/process/index.ts", 300_000],
])("the bundle of %s", (_, entry, limit) => {
  const define = { PROVIDERS: [{ name: "stripe", scheme: "stripe", secret: { ssm: "/inbox/stripe" } }] };
  let code: string;
  beforeAll(async () => {
    code = await bundleFunction(entry, define);
  });

  test(`has fewer than ${limit} bytes`, () => {
    expect(Buffer.byteLength(code)).toBeLessThan(limit);
  });

  test("is the same for the same source, so that nothing is deployed again", async () => {
    expect(await bundleFunction(entry, define)).toBe(code);
  });

  test("holds nothing that belongs to the deployment, and no path of the machine that made it", () => {
    expect(code).not.toContain("pulumi");
    expect(code).not.toContain(process.cwd());
  });
});

test("the ingestion function knows the configured providers", async () => {
  const code = await bundleFunction("functions/ingest/index.ts", {
    PROVIDERS: [{ name: "my-own-provider" }],
  });
  expect(code).toContain("my-own-provider");
});
