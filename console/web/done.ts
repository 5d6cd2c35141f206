import type { Context } from "hono";

/** Returns what a page says after something was done: the text that the address names, if it is one of these. */
export function doneText(context: Context, texts: Readonly<Record<string, string>>): string | undefined {
  const done = context.req.query("done") ?? "";
  return Object.hasOwn(texts, done) ? texts[done] : undefined;
}
