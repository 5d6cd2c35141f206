import type { Scheme } from "./engine/scheme";
import { defineOwn } from "./own/define-own";
import type { OwnScheme } from "./own/own-scheme";
import { schemes } from "./registry";

/** What a provider is configured with: the id of a scheme, or one of the user's own. */
export type ConfiguredScheme = string | OwnScheme;

/** What was made of each, so that it is prepared once. */
const defined = new WeakMap<OwnScheme, Scheme>();

/**
 * Returns the scheme that a provider is configured with, undefined if there is none of this id: the one place that knows
 * both kinds.
 * @throws ConfigurationError for a scheme of one's own that config/ would have rejected
 */
export function schemeOf(configured: ConfiguredScheme | undefined): Scheme | undefined {
  if (configured === undefined) return undefined;
  if (typeof configured === "string") return schemes[configured];
  let scheme = defined.get(configured);
  if (!scheme) {
    scheme = defineOwn(configured);
    defined.set(configured, scheme);
  }
  return scheme;
}

/** Returns a scheme as people name it: the id of a built-in one, or what a scheme of one's own is known by. */
export function schemeName(configured: ConfiguredScheme): string {
  return typeof configured === "string" ? configured : defineOwn(configured).name;
}
