import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { sign, verify } from "../../../providers";
import { request, scheme } from "./requests";

/** One published test vector, or a negative one derived from it, with where it was found. */
interface Vector {
  readonly source: string;
  readonly note: string;
  readonly valid: boolean;
  readonly secret: string;
  readonly body: string;
  readonly bodyEncoding: "utf8" | "base64";
  readonly headers: Readonly<Record<string, string>>;
  readonly nowSeconds?: number;
}

const FOLDER = join(__dirname, "../../fixtures/vectors");

for (const file of readdirSync(FOLDER)) {
  const vectors = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as readonly Vector[];
  const of = scheme(basename(file, ".json"));

  describe(`published vectors of ${of.name}`, () => {
    it.each(vectors.map((vector) => [vector.note, vector] as const))("%s", (_note, vector) => {
      const body = Buffer.from(vector.body, vector.bodyEncoding);
      const verdict = verify(
        of,
        request(vector.headers, body),
        [vector.secret],
        (vector.nowSeconds ?? 0) * 1000,
      );
      expect({ source: vector.source, ok: verdict.ok }).toEqual({ source: vector.source, ok: vector.valid });
    });

    it("are what signing makes of them again", () => {
      const [vector] = vectors;
      if (!vector?.valid) throw new Error("the first vector of a file is a valid one");
      const lower = Object.fromEntries(
        Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const id = lower["webhook-id"] ?? lower["svix-id"];
      const headers = sign(of, {
        body: Buffer.from(vector.body, vector.bodyEncoding),
        secret: vector.secret,
        now: (vector.nowSeconds ?? 0) * 1000,
        ...(id !== undefined && { id }),
      });
      const [name = ""] = of.verify.signature.headers;
      // The generic scheme reads a bare digest and writes the more usual form with a prefix.
      expect(headers[name]?.replace(of.id === "hmac-sha256" ? "sha256=" : "", "")).toBe(
        lower[name.toLowerCase()],
      );
    });
  });
}
