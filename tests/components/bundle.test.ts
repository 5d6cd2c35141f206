import { bundleFunction } from "../../components/bundle";
import { onlySchemes } from "../../components/bundle-schemes";
import { schemes } from "../../providers";

const KNOWN = { PROVIDERS: [{ name: "stripe", scheme: "stripe", secret: { ssm: "/inbox/stripe" } }] };
const ingestion = (ids: readonly string[]) =>
  bundleFunction("functions/ingest/index.ts", KNOWN, [onlySchemes(ids)]);

describe.each([
  ["ingest", () => ingestion(["stripe"]), 450_000],
  ["ingest with every scheme that there is", () => ingestion(Object.keys(schemes)), 560_000],
  ["process", () => bundleFunction("functions/process/index.ts"), 300_000],
])("the bundle of %s", (_, bundle, limit) => {
  let code: string;
  beforeAll(async () => {
    code = await bundle();
  });

  test(`has fewer than ${limit} bytes`, () => {
    expect(Buffer.byteLength(code)).toBeLessThan(limit);
  });

  test("is the same for the same source, so that nothing is deployed again", async () => {
    expect(await bundle()).toBe(code);
  });

  test("holds nothing that belongs to the deployment, and no path of the machine that made it", () => {
    expect(code).not.toContain("pulumi");
    expect(code).not.toContain(process.cwd());
  });
});

test("the ingestion function holds the schemes of its providers and no others", async () => {
  const code = await ingestion(["github", "twilio", "twilio"]);
  expect(code).toContain("X-Hub-Signature-256");
  expect(code).toContain("X-Twilio-Signature");
  for (const other of ["Stripe-Signature", "X-HubSpot-Signature-v3", "Plaid-Verification", "X-Shopify"]) {
    expect(code).not.toContain(other);
  }
  await expect(ingestion(["no-such-scheme"])).rejects.toThrow("there is no scheme no-such-scheme");
});

test("the ingestion function knows the configured providers", async () => {
  const code = await bundleFunction("functions/ingest/index.ts", {
    PROVIDERS: [{ name: "my-own-provider" }],
  });
  expect(code).toContain("my-own-provider");
});
