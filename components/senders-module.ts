/* Source text of the module that lists the providers' files, `providers/senders/index.ts`. */

/**
 * Returns the list of all providers with their setup texts and samples: the file in the repository, which a test
 * compares.
 */
export function everySender(ids: readonly string[]): string {
  const sorted = [...ids].sort();
  const entries = sorted.map((id) => (nameOf(id) === id ? `  ${id},` : `  "${id}": ${nameOf(id)},`));
  return [
    "/* oxlint-disable max-lines -- written by `npm run providers` out of the files beside it, two lines for each. */",
    'import type { Sender } from "../engine/sender";',
    ...sorted.map((id) => `import * as ${nameOf(id)} from "./${id}";`),
    "",
    "/** Every provider by the id of its scheme. */",
    "export const senders: Readonly<Record<string, Sender>> = {",
    ...entries,
    "};",
    "",
  ].join("\n");
}

/**
 * Returns the list of the configured providers with only their schemes, which replaces that file in a function's
 * bundle.
 */
export function configuredSenders(ids: readonly string[]): string {
  const sorted = [...new Set(ids)].sort();
  return [
    ...sorted.map((id) => `import ${nameOf(id)} from ${JSON.stringify(`./${id}`)};`),
    "export const senders = {",
    ...sorted.map((id) => `  ${JSON.stringify(id)}: { default: ${nameOf(id)} },`),
    "};",
  ].join("\n");
}

/** Returns an id such as `adyen-platform` as an identifier. */
function nameOf(id: string): string {
  return id.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
