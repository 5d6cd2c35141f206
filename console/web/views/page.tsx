import type { Child } from "hono/jsx";
import { TOKEN_FIELD } from "../guard";

/** Facts that every page needs. */
export interface PageContext {
  /** Name of the inbox that is shown. */
  readonly inbox: string;
  readonly allowWrites: boolean;
  /** Whether the stack has consumers. */
  readonly hasConsumers: boolean;
  /** Whether samples can be signed here. */
  readonly canSend: boolean;
  /** Proof that a form is one of this console's. */
  readonly token: string;
  /** Milliseconds between two refreshes of the page; 0 for a page that does not refresh itself. */
  readonly refreshMs: number;
}

interface PageProps {
  readonly title: string;
  readonly context: PageContext;
  readonly current?: "webhooks" | "consumers" | "status" | "dead-letters" | "rejected" | "send";
  readonly children?: Child;
}

export function Page({ title, context, current, children }: PageProps) {
  const link = (href: string, name: string, of: PageProps["current"]) => (
    <a href={href} aria-current={current === of ? "page" : undefined}>
      {name}
    </a>
  );
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · ${context.inbox}`}</title>
        <link rel="icon" href="/assets/icon.svg" />
        <link rel="stylesheet" href="/assets/console.css" />
        <script type="module" src="/assets/console.js"></script>
      </head>
      <body data-refresh={String(context.refreshMs)}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="top">
          <a class="brand" href="/">
            <img src="/assets/icon.svg" alt="" width="22" height="22" /> {context.inbox}
          </a>
          <nav aria-label="Pages">
            {link("/", "Webhooks", "webhooks")}
            {context.hasConsumers && link("/consumers", "Consumers", "consumers")}
            {link("/status", "Status", "status")}
            {link("/dead-letters", "Dead letters", "dead-letters")}
            {link("/rejected", "Rejected", "rejected")}
            {context.canSend && link("/send", "Send", "send")}
          </nav>
          {!context.allowWrites && <span class="chip neutral">read-only</span>}
        </header>
        <p id="connection" class="notice bad" role="status" hidden>
          Connection lost. Showing the last known state.
        </p>
        <main id="main">{children}</main>
        <footer>
          Times are UTC. <kbd>/</kbd> searches, <kbd>j</kbd> and <kbd>k</kbd> walk through the list.
        </footer>
      </body>
    </html>
  );
}

const TONES: Readonly<Record<string, string>> = {
  published: "good",
  filtered: "neutral",
  received: "waiting",
  failed: "bad",
  dead_lettered: "bad",
  rejected: "bad",
  delivered: "good",
  sent: "good",
  undelivered: "bad",
  discarded: "neutral",
  duplicate: "neutral",
  held: "waiting",
  SUCCEEDED: "good",
  FAILED: "bad",
  TIMED_OUT: "bad",
};

export function Status({ value }: { readonly value: string }) {
  return <span class={`chip ${TONES[value] ?? "neutral"}`}>{value.toLowerCase().replaceAll("_", "-")}</span>;
}

/** A moment, in short form for people and in full for machines. */
export function Time({ at, date = true }: { readonly at: string | undefined; readonly date?: boolean }) {
  if (!at) return <span>–</span>;
  const [day = "", clock = ""] = at.split("T");
  return (
    <time datetime={at} title={at}>
      {date ? `${day} ` : ""}
      {clock.replace("Z", "")}
    </time>
  );
}

/** Text for a page without content: why there is none, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: Child }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  );
}

/** A button that shows what it is about to do, and a second one that does it. */
export function Confirmed(props: {
  readonly id: string;
  readonly action: string;
  readonly label: string;
  readonly context: PageContext;
  readonly children?: Child;
}) {
  if (!props.context.allowWrites) return <></>;
  return (
    <details class="confirm" id={props.id}>
      <summary class="button">{props.label}…</summary>
      <form method="post" action={props.action}>
        <p>{props.children}</p>
        <input type="hidden" name={TOKEN_FIELD} value={props.context.token} />
        <button type="submit" class="primary">
          {props.label}
        </button>
      </form>
    </details>
  );
}

/** Number of dead letters above which redriving all of them has to be confirmed once more. */
export const HANDFUL = 10;

/** Name of the form field that confirms a redrive of more than {@link HANDFUL}. */
export const MANY_FIELD = "many";

/** A button that redrives all dead letters with one error code. */
export function RedriveAll(props: {
  readonly id: string;
  /** Path that the form is sent to. */
  readonly action: string;
  readonly code: string;
  readonly count: number;
  readonly context: PageContext;
  readonly children?: Child;
}) {
  const { code, count } = props;
  return (
    <Confirmed {...props} label={count === 1 ? "Redrive it" : `Redrive all ${count}`}>
      {props.children}
      <input type="hidden" name="code" value={code} />
      {count > HANDFUL && (
        <label class="check">
          <input type="checkbox" name={MANY_FIELD} value="yes" required /> Yes, all {count}
        </label>
      )}
    </Confirmed>
  );
}

/** A button that removes something for good once a reason is given. */
export function Discard(props: {
  readonly id: string;
  readonly action: string;
  readonly context: PageContext;
  readonly children?: Child;
}) {
  return (
    <Confirmed {...props} label="Discard">
      {props.children}
      <label>
        Reason <input name="reason" required maxlength={200} />
      </label>
    </Confirmed>
  );
}

/** Returns the address of a consumer's page. */
export function consumerPath(name: string): string {
  return `/consumers/${encodeURIComponent(name)}`;
}

/**
 * Returns the address of a webhook's page. With an event id in place of the key, it leads to the webhooks with that id.
 */
export function webhookPath({ provider, key }: { readonly provider: string; readonly key: string }): string {
  return `/webhooks/${encodeURIComponent(provider)}/${encodeURIComponent(key)}`;
}
