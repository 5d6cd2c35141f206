import type { CompiledScheme } from "./compile";
import { decodeSignature, encodeSignature } from "./encoding";
import { refuse, type Refusal } from "./request";

/** What a signature header says. */
export interface ParsedSignatures {
  /** The signatures of this scheme, decoded; at least one, each of the right length. */
  readonly signatures: readonly Buffer[];
  readonly fields: ReadonlyMap<string, string>;
}

/** Reads the value of a signature header. `name` is for the detail of a refusal. */
export function parseSignatures(
  value: string,
  name: string,
  { verify: { signature }, signatureLength, fields: used }: CompiledScheme,
): ParsedSignatures | Refusal {
  const malformed = (what: string): Refusal => refuse("header_malformed", `header ${name} ${what}`);
  const texts: string[] = [];
  const fields = new Map<string, string>();
  const { value: format } = signature;

  switch (format.form) {
    case "whole": {
      const prefix = format.prefix ?? "";
      const prefixed = value.startsWith(prefix);
      if (!prefixed && !format.prefixOptional) return malformed(`does not begin with ${prefix}`);
      texts.push(prefixed ? value.slice(prefix.length) : value);
      break;
    }
    case "pairs":
      for (const item of value.split(format.separator)) {
        const at = item.indexOf("=");
        if (at < 0) continue;
        const key = item.slice(0, at).trim();
        const text = item.slice(at + 1).trim();
        if (key === format.signature) texts.push(text);
        else if (used.has(key) && fields.has(key)) return malformed(`holds ${key}= more than once`);
        else fields.set(key, text);
      }
      if (texts.length === 0) return malformed(`holds no ${format.signature}=`);
      break;
    case "versions": {
      const label = `${format.version},`;
      for (const item of value.split(" ")) if (item.startsWith(label)) texts.push(item.slice(label.length));
      if (texts.length === 0) return malformed(`holds no ${format.version} signature`);
      break;
    }
  }

  const signatures = texts
    .map((text) => decodeSignature(text, signature.encoding, signatureLength))
    .filter((bytes) => bytes !== undefined);
  if (signatures.length === 0) {
    return malformed(`holds no signature of ${signatureLength} bytes in ${signature.encoding}`);
  }
  return { signatures, fields };
}

/** Writes the value of a signature header. */
export function formatSignatures(
  signatures: readonly Buffer[],
  fields: ReadonlyMap<string, string>,
  { verify: { signature } }: CompiledScheme,
): string {
  const texts = signatures.map((bytes) => encodeSignature(bytes, signature.encoding));
  const { value: format } = signature;
  switch (format.form) {
    case "whole":
      return `${format.prefix ?? ""}${texts.join()}`;
    case "pairs":
      return [
        ...[...fields].map(([key, text]) => `${key}=${text}`),
        ...texts.map((text) => `${format.signature}=${text}`),
      ].join(format.separator);
    case "versions":
      return texts.map((text) => `${format.version},${text}`).join(" ");
  }
}
