import type { Scheme } from "./engine/scheme";
import { defineOwn } from "./own/define-own";
import type { OwnScheme } from "./own/own-scheme";
import { schemes } from "./registry";

/** Scheme that a provider is configured with: the id of a built-in one, or the user's own definition. */
export type ConfiguredScheme = string | OwnScheme;

/** Schemes by the user's definition, so that each is prepared once. */
const defined = new WeakMap<OwnScheme, Scheme>();

/**
 * Returns the scheme that a provider is configured with; undefined if no scheme has this id. Only this function
 * distinguishes built-in schemes from the user's own.
 * @throws ConfigurationError for a scheme of the user's own that config/ would have rejected
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

/**
 * Returns the name of a scheme for people: the id of a built-in one, or the name derived from the user's own
 * definition.
 */
export function schemeName(configured: ConfiguredScheme): string {
  return typeof configured === "string" ? configured : defineOwn(configured).name;
}
