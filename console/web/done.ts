import type { Context } from "hono";

/** Returns the message about what was just done: the one that the address names, if it is among `texts`. */
export function doneText(context: Context, texts: Readonly<Record<string, string>>): string | undefined {
  const done = context.req.query("done") ?? "";
  return Object.hasOwn(texts, done) ? texts[done] : undefined;
}
