import { bundleFunction } from "../../components/bundle";
import { schemes } from "../../providers";
import { families } from "../../providers/registry";

describe.each([
  ["ingest", "functions/ingest/index.ts", 455_000],
  ["process", "functions/process/index.ts", 300_000],
])("the bundle of %s", (_, entry, limit) => {
  const define = { PROVIDERS: [{ name: "stripe", scheme: "stripe", secret: { ssm: "/inbox/stripe" } }] };
  let code: string;
  beforeAll(async () => {
    code = await bundleFunction(entry, define, ["stripe"]);
  });

  test(`has fewer than ${limit} bytes`, () => {
    expect(Buffer.byteLength(code)).toBeLessThan(limit);
  });

  test("is the same for the same source, so that nothing is deployed again", async () => {
    expect(await bundleFunction(entry, define, ["stripe"])).toBe(code);
  });

  test("holds nothing that belongs to the deployment, and no path of the machine that made it", () => {
    expect(code).not.toContain("pulumi");
    expect(code).not.toContain(process.cwd());
  });
});

test("every scheme at once still makes a bundle that starts quickly", async () => {
  const code = await bundleFunction("functions/ingest/index.ts", { PROVIDERS: [] }, Object.keys(schemes));
  expect(Buffer.byteLength(code)).toBeLessThan(560_000);
});

test("the ingestion function holds the configured schemes as they are, and no others", async () => {
  const code = await bundleFunction("functions/ingest/index.ts", { PROVIDERS: [] }, ["stripe", "box"]);
  expect(code).toContain("Stripe-Signature");
  expect(code).toContain("BOX-SIGNATURE-PRIMARY");
  expect(code).not.toContain("X-Hub-Signature");
  expect(code).not.toContain(schemes["stripe"]?.setup?.where);
});

test("the ingestion function holds the code of the configured schemes, and no other's", async () => {
  const code = await bundleFunction("functions/ingest/index.ts", { PROVIDERS: [] }, ["twilio"]);
  expect(code).toContain("X-Twilio-Signature");
  for (const other of ["X-HubSpot-Signature-v3", "Plaid-Verification", "X-Neon-Signature"]) {
    expect(code).not.toContain(other);
  }
});

test.each(Object.values(families).flatMap((family) => Object.values(family)))(
  "$id is data, which a bundle can hold",
  (scheme) => {
    expect(JSON.parse(JSON.stringify(scheme))).toEqual(scheme);
  },
);

test("the ingestion function knows the configured providers", async () => {
  const code = await bundleFunction("functions/ingest/index.ts", {
    PROVIDERS: [{ name: "my-own-provider" }],
  });
  expect(code).toContain("my-own-provider");
});
