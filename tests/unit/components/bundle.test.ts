import Module from "node:module";
import { bundleFunction } from "../../../components/bundle";
import type * as Providers from "../../../providers";
import { schemes } from "../../../providers";
import { senders } from "../../../providers/senders";

describe.each([
  ["ingest", "functions/ingest/index.ts", 130_000],
  ["process", "functions/process/index.ts", 200_000],
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
  expect(Buffer.byteLength(code)).toBeLessThan(260_000);
});

test("the ingestion function holds the configured schemes, and no others", async () => {
  const code = await bundleFunction("functions/ingest/index.ts", { PROVIDERS: [] }, ["stripe", "twilio"]);
  expect(code).toContain("Stripe-Signature");
  expect(code).toContain("X-Twilio-Signature");
  for (const other of ["X-Hub-Signature", "X-HubSpot-Signature-v3", "Plaid-Verification", "bt_challenge"]) {
    expect(code).not.toContain(other);
  }
});

const loaded = (code: string): typeof Providers => {
  const module = new Module("bundle") as Module & { _compile(code: string, file: string): void };
  module._compile(code, "bundle.cjs");
  return module.exports as typeof Providers;
};

describe.each([0, 1])("with every second provider, from number %i", (first) => {
  const ids = Object.keys(senders).filter((_, index) => index % 2 === first);
  let code: string;
  beforeAll(async () => {
    code = await bundleFunction("providers/index.ts", {}, ids);
  });

  test("each configured scheme is in the bundle as it is, and no other", () => {
    const bundled = loaded(code).schemes;
    expect(Object.keys(bundled)).toEqual(ids);
    for (const id of ids) expect(JSON.stringify(bundled[id])).toBe(JSON.stringify(schemes[id]));
  });

  test("what only the deployment and the docs read is not", () => {
    const texts = Object.values(senders).flatMap(({ setup }) => [setup.docs, setup.where, setup.notes]);
    const found = texts.filter(
      (text) => text !== undefined && code.includes(JSON.stringify(text).slice(1, -1)),
    );
    expect(found).toEqual([]);
    // When most samples happened.
    expect(code).not.toContain("2026-03-01");
  });
});

test("a scheme that does not exist is no bundle", async () => {
  await expect(bundleFunction("providers/index.ts", {}, ["no-such-scheme"])).rejects.toThrow(
    "no-such-scheme",
  );
});

test("a scheme of one's own is in the bundle as data, and no built-in one with it", async () => {
  const scheme = { hmac: { header: "Acme-Signature" } };
  const providers = [{ name: "acme", scheme, secret: { ssm: "/inbox/acme" } }];
  const code = await bundleFunction("functions/ingest/index.ts", { PROVIDERS: providers }, [scheme]);
  expect(code).toContain("Acme-Signature");
  expect(code).not.toContain("Stripe-Signature");
});

test("the ingestion function knows the configured providers", async () => {
  const code = await bundleFunction("functions/ingest/index.ts", {
    PROVIDERS: [{ name: "my-own-provider" }],
  });
  expect(code).toContain("my-own-provider");
});
