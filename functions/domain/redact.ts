import { blankFields, type Scheme } from "../../providers";
import type { PayloadContent } from "./payload";

/** Who redacts: a provider with its scheme. */
export interface Redacting {
  readonly scheme: Pick<Scheme, "secretFields">;
  /** Dotted paths into the payload, `*` for every element of a list. */
  readonly redact?: readonly string[] | undefined;
}

/**
 * Returns a payload's data as it goes into the event: the fields that the provider's configuration names, and those in which its
 * scheme has a secret, are blank. Every other number and text is as it was sent. Undefined if there are such fields and
 * the payload is no JSON, in which they could be found.
 */
export function redacted(
  data: PayloadContent["data"],
  { scheme, redact = [] }: Redacting,
): PayloadContent["data"] | undefined {
  const paths = [
    ...(scheme.secretFields ?? []).map(({ path }) => path),
    ...redact.map((one) => one.split(".")),
  ];
  if (paths.length === 0) return data;
  return "text" in data ? { text: blankFields(data.text, paths) } : undefined;
}
