import { blankFields, type Scheme } from "../../providers";
import type { PayloadContent } from "./payload";

/** The part of a provider that determines what is redacted. */
export interface Redacting {
  readonly scheme: Pick<Scheme, "secretFields">;
  /** Dotted paths to fields of the payload, with `*` for every element of a list. */
  readonly redact?: readonly string[] | undefined;
}

/**
 * Returns a payload's data for the event, with blanks for the fields that the provider's configuration names and for
 * those in which its scheme has a secret. All other numbers and texts stay as sent. Undefined if there are such fields
 * but the payload is not JSON, so that they cannot be found.
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
