import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signMessage, verify } from "../../../../providers";
import { request } from "../../../support/providers/requests";
import { custom, everyCustom } from "../../../support/providers/senders";

interface Vector {
  readonly source: string;
  readonly note: string;
  readonly valid: boolean;
  readonly secret: string;
  readonly body: string;
  readonly bodyEncoding: "utf8" | "base64";
  readonly headers: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly nowSeconds?: number;
}

const fileOf = (id: string): string => join(__dirname, "../../../fixtures/vectors", `${id}.json`);
const published = everyCustom.map(({ id }) => id).filter((id) => existsSync(fileOf(id)));

it("every scheme that is said to be known by a vector has one", () => {
  const declared = everyCustom.filter(({ confidence }) => confidence === "vector").map(({ id }) => id);
  // Braintree's is of its challenge, see challenges.test.ts.
  expect(declared.filter((id) => id !== "braintree").sort()).toEqual([...published].sort());
});

describe.each(published)("published vectors of %s", (id) => {
  const of = custom(id);
  const vectors = JSON.parse(readFileSync(fileOf(id), "utf8")) as readonly Vector[];

  it.each(vectors.map((vector) => [vector.note, vector] as const))("%s", (_note, vector) => {
    const incoming = {
      ...request(vector.headers, Buffer.from(vector.body, vector.bodyEncoding)),
      url: vector.url ?? "https://www.example.com/",
    };
    const verdict = verify(of, incoming, [vector.secret], (vector.nowSeconds ?? 0) * 1000);
    expect({ source: vector.source, ok: verdict.ok }).toEqual({ source: vector.source, ok: vector.valid });
  });

  it("are what signing makes of them again", () => {
    const [vector] = vectors;
    if (!vector?.valid) throw new Error("the first vector of a file is a valid one");
    const signed = signMessage(of, {
      body: Buffer.from(vector.body),
      secret: vector.secret,
      now: (vector.nowSeconds ?? 0) * 1000,
      url: vector.url ?? "https://www.example.com/",
    });
    const name = of.verify.signatureHeader;
    if (name) expect(signed.headers[name]).toBe(vector.headers[name]);
    else expect(signed.body.toString()).toBe(vector.body);
  });
});
