import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isSigned, schemes, signMessage, verify } from "../../../../providers";
import { request } from "../../../support/providers/requests";

/** One published test vector, or a negative one derived from it, with where it was found. */
interface Vector {
  readonly source: string;
  readonly note: string;
  readonly valid: boolean;
  /** Several where the provider signs with each of them, side by side. */
  readonly secret: string | readonly string[];
  /** For public-key schemes whose private key is published. */
  readonly signingKey?: string;
  readonly body: string;
  readonly bodyEncoding: "utf8" | "base64";
  readonly headers: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly method?: string;
  readonly nowSeconds?: number;
}

const FOLDER = join(__dirname, "../../../fixtures/vectors");
const files = readdirSync(FOLDER).map((file) => basename(file, ".json"));

it("every scheme that is said to be known by a vector has one, and no other", () => {
  const declared = Object.values(schemes).filter(
    ({ confidence, verify: { kind } }) => confidence === "vector" && (kind as string) !== "custom",
  );
  expect(
    files.filter((id) => schemes[id] && (schemes[id].verify.kind as string) !== "custom").sort(),
  ).toEqual(declared.map(({ id }) => id).sort());
});

for (const id of files) {
  const of = schemes[id];
  if (!of || !isSigned(of.verify)) continue;
  const { signature, kind } = of.verify;
  const vectors = JSON.parse(readFileSync(join(FOLDER, `${id}.json`), "utf8")) as readonly Vector[];
  const secretsOf = ({ secret }: Vector): readonly string[] =>
    typeof secret === "string" ? [secret] : secret;
  const incoming = (vector: Vector) => ({
    ...request(vector.headers, Buffer.from(vector.body, vector.bodyEncoding)),
    ...(vector.url !== undefined && { url: vector.url }),
    ...(vector.method !== undefined && { method: vector.method }),
  });

  describe(`published vectors of ${of.name}`, () => {
    it.each(vectors.map((vector) => [vector.note, vector] as const))("%s", (_note, vector) => {
      const verdict = verify(of, incoming(vector), secretsOf(vector), (vector.nowSeconds ?? 0) * 1000);
      expect({ source: vector.source, ok: verdict.ok }).toEqual({ source: vector.source, ok: vector.valid });
    });

    const [vector] = vectors;
    if (!vector?.valid) throw new Error("the first vector of a file is a valid one");
    const signingKeys = kind === "public-key" ? vector.signingKey : secretsOf(vector);
    // Box writes its own zone; the same moment is another text here.
    if (signingKeys === undefined || id === "box") return;

    it("are what signing makes of them again", () => {
      const published = incoming(vector);
      const idHeader = of.event.id.find((ref) => ref.from === "header")?.names[0]?.toLowerCase() ?? "";
      const written = published.headers[idHeader]?.[0];
      const { headers } = signMessage(of, {
        body: published.body,
        secret: signingKeys,
        now: timeOf(vector),
        ...(published.url !== undefined && { url: published.url }),
        method: published.method,
        ...(written !== undefined && { id: written }),
      });
      for (const name of signature.headers) {
        const text = published.headers[name.toLowerCase()]?.[0];
        if (text === undefined) continue;
        // The generic scheme reads a bare digest and writes the more usual form with a prefix.
        expect(headers[name]?.replace(of.id === "hmac-sha256" ? "sha256=" : "", "")).toBe(text);
      }
    });
  });

  /** What the vector was signed at: the times of most are whole seconds, some say their milliseconds. */
  function timeOf({ headers, nowSeconds = 0 }: Vector): number {
    const all = Object.values(headers).join();
    const milliseconds = /\bt=(\d{13})\b/.exec(all)?.[1];
    const fraction = /T\d\d:\d\d:\d\d\.(\d{3})/.exec(all)?.[1];
    return milliseconds ? Number(milliseconds) : nowSeconds * 1000 + Number(fraction ?? 0);
  }
}
