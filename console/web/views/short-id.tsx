import { shortIds } from "../../../inbox/short-ids";

/** Short forms of a page's ids, by the whole ids. */
export type Short = ReadonlyMap<string, string>;

/** Returns the short forms of the ids that a page shows. */
export const shortened = (ids: readonly string[]): Short => shortIds(ids);

/** An id in its short form; the whole id is shown when the pointer is on it. */
export function ShortId({ id, short }: { readonly id: string; readonly short: Short }) {
  const text = short.get(id) ?? id;
  return text === id ? <>{id}</> : <span title={id}>{text}…</span>;
}
