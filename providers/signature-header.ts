import type { CompiledScheme } from "./compile";
import { encodeSignature } from "./encoding";
import { refuse, type Refusal } from "./request";
import type { ValueFormat } from "./scheme";

/** What a signature header says. */
export interface ParsedSignatures {
  /** The signatures of this scheme, decoded; at least one, each of the right length. */
  readonly signatures: readonly Buffer[];
  readonly fields: ReadonlyMap<string, string>;
}

const NO_FIELDS: ReadonlyMap<string, string> = new Map();

/** Reads the value of a signature header. */
export function parseSignatures(value: string, compiled: CompiledScheme): ParsedSignatures | Refusal {
  const { value: format, encoding } = compiled.verify.signature;
  let texts: readonly string[];
  let fields = NO_FIELDS;

  if (format.form === "list") {
    const items = parseList(value, format, compiled.fields);
    if (typeof items === "string") return malformed(compiled, items);
    ({ texts, fields } = items);
  } else {
    const prefix = format.prefix ?? "";
    const prefixed = value.startsWith(prefix);
    if (!prefixed && !format.prefixOptional) return malformed(compiled, `does not begin with ${prefix}`);
    texts = [prefixed ? value.slice(prefix.length) : value];
  }

  const signatures: Buffer[] = [];
  for (const text of texts) {
    // One that cannot be ours does not spoil the others: a sender may be rotating its algorithm, too.
    const bytes = compiled.decode(text);
    if (bytes) signatures.push(bytes);
  }
  if (signatures.length > 0) return { signatures, fields };
  return malformed(compiled, `holds no signature of ${compiled.signatureLength} bytes in ${encoding}`);
}

/**
 * The signatures and the used fields of a list, or what is wrong with it. Goes over the text by index: splitting it
 * first would cost a tenth of the whole verification.
 */
function parseList(
  value: string,
  { separator, pair, signature }: Extract<ValueFormat, { form: "list" }>,
  used: ReadonlySet<string>,
): { readonly texts: readonly string[]; readonly fields: ReadonlyMap<string, string> } | string {
  const texts: string[] = [];
  const fields = new Map<string, string>();
  for (let start = 0; start < value.length;) {
    const next = value.indexOf(separator, start);
    const end = next < 0 ? value.length : next;
    const at = value.indexOf(pair, start);
    if (at < 0) break;
    if (at < end) {
      const name = sliceTrimmed(value, start, at);
      const text = sliceTrimmed(value, at + 1, end);
      if (name === signature) texts.push(text);
      else if (used.has(name)) {
        if (fields.has(name)) return `holds ${name}${pair} more than once`;
        fields.set(name, text);
      }
    }
    start = end + 1;
  }
  return texts.length === 0 ? `holds no ${signature}${pair}` : { texts, fields };
}

/** A slice without the white space that HTTP allows around it; `trim` would take away line ends as well. */
function sliceTrimmed(text: string, from: number, to: number): string {
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (from < to && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function malformed({ signatureHeader }: CompiledScheme, what: string): Refusal {
  return refuse("header_malformed", `${signatureHeader.label} ${what}`);
}

/** Writes the value of a signature header. */
export function formatSignatures(
  signatures: readonly Buffer[],
  fields: ReadonlyMap<string, string>,
  { verify: { signature } }: CompiledScheme,
): string {
  const texts = signatures.map((bytes) => encodeSignature(bytes, signature.encoding));
  const { value: format } = signature;
  if (format.form === "whole") return `${format.prefix ?? ""}${texts.join()}`;
  return [
    ...[...fields].map(([name, text]) => `${name}${format.pair}${text}`),
    ...texts.map((text) => `${format.signature}${format.pair}${text}`),
  ].join(format.separator);
}
