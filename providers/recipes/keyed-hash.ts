import type { HmacVerification, Scheme, SignatureFormat } from "../engine/scheme";
import { defineScheme, type Entry } from "./define-scheme";
import { signedContent, type SigningTime } from "./signing-time";

type List = Extract<SignatureFormat["value"], { readonly form: "list" }>;

/** Format of a keyed hash. The defaults are SHA-256 in lower-case hexadecimal, in one header. */
export interface KeyedHash extends Entry, SigningTime {
  readonly header: string | readonly string[];
  readonly prefix?: string;
  readonly encoding?: SignatureFormat["encoding"];
  readonly hash?: HmacVerification["hash"];
  /** How the secret becomes the key. @default the secret's text */
  readonly key?: HmacVerification["key"];
  readonly read?: SignatureFormat["read"];
  /** Format of a header with a list of `name=text` between commas, and the name of its signatures. */
  readonly list?: Pick<List, "signature"> & Partial<Omit<List, "form">>;
  /** Format of the header. @default `list`, or the whole header is the signature, after the prefix */
  readonly value?: SignatureFormat["value"];
}

/** Returns a scheme with an HMAC over the given content. */
export function keyedHash(of: KeyedHash): Scheme {
  const { header, prefix, encoding = "hex", hash = "sha256", read, ...others } = of;
  const { key = { encoding: "utf8" }, list, value, timestamp, window, content, ...entry } = others;
  return defineScheme({
    ...entry,
    verify: {
      kind: "hmac",
      hash,
      key,
      signature: {
        headers: typeof header === "string" ? [header] : header,
        value:
          value ??
          (list
            ? { form: "list", separator: ",", pair: "=", ...list }
            : { form: "whole", ...(prefix !== undefined && { prefix }) }),
        encoding,
        ...(read && { read }),
      },
      ...signedContent({ timestamp, window, content }),
    },
  });
}
