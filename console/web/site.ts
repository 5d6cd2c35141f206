import type { Context } from "hono";
import type { FC } from "hono/jsx";
import type { Inbox } from "../../inbox/connect";
import type { Operations } from "../../inbox/operations/one-webhook";
import type { Samples } from "../samples";
import type { PageContext } from "./views/page";

export interface ConsoleOptions {
  readonly inbox: Inbox;
  /** Name of the inbox, as pages show it. */
  readonly name: string;
  readonly operations: Operations;
  /** Whether a person may replay, redrive, release and send here. */
  readonly allowWrites: boolean;
  /** Samples that can be signed; absent if their secrets are not known here. */
  readonly samples?: Samples;
  /** Milliseconds between two refreshes of a page. */
  readonly refreshMs: number;
}

/** Everything that the routes need. */
export interface Site extends ConsoleOptions {
  /**
   * Returns the context of a page: navigation, token, notices.
   * @param refreshMs 0 for a page that does not refresh itself @default the console's
   */
  readonly page: (refreshMs?: number) => PageContext;
}

/** Returns the site for these options. @param token proof that a form is one of this console's */
export function siteOf(options: ConsoleOptions, token: string): Site {
  const { name, allowWrites, samples, inbox } = options;
  const page = (refreshMs = options.refreshMs): PageContext => ({
    inbox: name,
    allowWrites,
    hasConsumers: Object.keys(inbox.outputs.consumer_queues).length > 0,
    canSend: allowWrites && samples !== undefined,
    token,
    refreshMs,
  });
  return { ...options, page };
}

/** Answers with a page. */
export function html(context: Context, view: ReturnType<FC>, status: 200 | 400 | 404 | 409 | 500 = 200) {
  return context.html(`<!doctype html>${String(view)}`, status);
}
