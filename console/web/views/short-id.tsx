import { shortIds } from "../../../inbox/short-ids";

/** Short forms of the ids of a page, by the whole ones. */
export type Short = ReadonlyMap<string, string>;

/** Returns the short forms of the ids that a page shows. */
export const shortened = (ids: readonly string[]): Short => shortIds(ids);

/** An id in its short form; whole when it is pointed at. */
export function ShortId({ id, short }: { readonly id: string; readonly short: Short }) {
  const text = short.get(id) ?? id;
  return text === id ? <>{id}</> : <span title={id}>{text}…</span>;
}
