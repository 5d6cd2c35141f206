import type { ContentPart, Scheme } from "../engine/scheme";
import { defineScheme, type Entry } from "./define-scheme";

/*
 * The public URL of the endpoint is part of what is signed. Origin and path are taken from the provider's configuration,
 * byte for byte as they were entered at the provider, and only the query from the request, see address.ts.
 */

interface UrlBound extends Entry {
  readonly header: string;
  readonly hash: "sha1" | "sha256";
  readonly content: readonly ContentPart[];
}

/** Returns a keyed hash over content that holds the endpoint's URL, in base64. */
export function urlBound({ header, hash, content, ...entry }: UrlBound): Scheme {
  return defineScheme({
    ...entry,
    verify: {
      kind: "hmac",
      hash,
      key: { encoding: "utf8" },
      signature: { headers: [header], value: { form: "whole" }, encoding: "base64" },
      content,
    },
  });
}
