import type { HmacVerification, Scheme, SignatureFormat } from "../engine/scheme";
import { defineScheme, type Entry } from "./define-scheme";
import { signedContent, type SigningTime } from "./signing-time";

type List = Extract<SignatureFormat["value"], { readonly form: "list" }>;

/** How the signature is made and written, where it differs from lower-case hexadecimal SHA-256 under one header. */
export interface KeyedHash extends Entry, SigningTime {
  readonly header: string | readonly string[];
  readonly prefix?: string;
  readonly encoding?: SignatureFormat["encoding"];
  readonly hash?: HmacVerification["hash"];
  /** @default the secret's text */
  readonly key?: HmacVerification["key"];
  readonly read?: SignatureFormat["read"];
  /** A list of `name=text` between commas, in which the signatures have this name. */
  readonly list?: Pick<List, "signature"> & Partial<Omit<List, "form">>;
  /** @default the list, or the whole header is the signature, behind the prefix */
  readonly value?: SignatureFormat["value"];
}

/** Returns an HMAC over some content. */
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
