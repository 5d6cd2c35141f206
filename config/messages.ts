import { z } from "zod";
import { didYouMean } from "../did-you-mean";

/** Returns a message that names the unknown keys, each with the nearest known one. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `unknown key "${key}".${didYouMean(key, known)}`).join(" ");
}

/** Returns the keys that a schema knows at a path. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: unknown = schema;
  for (const part of [...path, undefined]) {
    while (here instanceof z.ZodOptional) here = here.unwrap();
    if (part === undefined) break;
    here =
      here instanceof z.ZodArray ? here.element : here instanceof z.ZodObject && here.shape[String(part)];
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}
