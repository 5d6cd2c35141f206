import { Hono, type Context } from "hono";
import type { FC } from "hono/jsx";
import { describeError } from "../../functions/domain/errors";
import { RejectedRequests } from "../../inbox/rejected";
import { OperationRefusedError, type Operations } from "../../inbox/operations/one-webhook";
import type { Samples } from "../samples";
import { readDefinition } from "../../inbox/trace/executions";
import type { Inbox } from "../../inbox/connect";
import type { WebhookRecord } from "../../inbox/records/record";
import { listWebhooks, type ListQuery } from "../../inbox/records/list";
import { readCounts } from "../../inbox/metrics";
import { queueDepths } from "../../inbox/queue";
import { findById } from "../../inbox/records/find";
import { readPayload } from "../../inbox/payloads";
import { readRecord } from "../../inbox/records/read";
import { readTrace } from "../../inbox/trace/read";
import { assets, type Assets } from "./assets";
import { guard } from "./guard";
import { DeadLetters } from "./views/dead-letters";
import { List, SPANS, STATUSES, type Filter } from "./views/list";
import { webhookPath, type PageContext } from "./views/page";
import { Problem } from "./views/problem";
import { RejectedList, RejectedPage } from "./views/rejected";
import { Send, type Sent } from "./views/send";
import { Shared } from "./views/shared";
import { TracePage } from "./views/trace";

export interface ConsoleOptions {
  readonly inbox: Inbox;
  /** What the page calls the inbox. */
  readonly name: string;
  readonly operations: Operations;
  /** Whether a person may replay, redrive, release and send here. */
  readonly allowWrites: boolean;
  /** Samples that can be signed, where the secrets are at hand. */
  readonly samples?: Samples;
  /** Milliseconds between two looks of a page at what has changed. */
  readonly refreshMs: number;
}

const MINUTES_OF_OVERVIEW = 60;

/** Rejected requests on their page, the newest. */
const REJECTED_SHOWN = 100;

/** Milliseconds that listing them may take. */
const REJECTED_TIMEOUT_MS = 20_000;

/** Looks of a page for which counts are kept: CloudWatch bills each metric that is read, and has one value a minute. */
const COUNTS_KEPT_FOR = 3;

/** Said after something was done, by its name in the address: an address cannot put other words on the page. */
const DONE: Readonly<Record<string, string>> = {
  replay: "The replay is in the queue; this page follows it.",
  redrive: "The message is in the queue again; this page follows it.",
  release: "It was let in; this page follows it.",
};

/**
 * The console's pages. Every value is escaped by the JSX that renders it; a webhook's body is its provider's.
 * @param access token of the console's address; see {@link guard}
 */
export async function createApp(options: ConsoleOptions, access: string): Promise<Hono> {
  const { inbox, operations, samples, allowWrites } = options;
  const files: Assets = await assets();
  const { token, middleware } = guard(allowWrites, access);
  const page = (refreshMs = options.refreshMs): PageContext => ({
    inbox: options.name,
    allowWrites,
    canSend: allowWrites && samples !== undefined,
    token,
    refreshMs,
  });
  const html = (context: Context, view: ReturnType<FC>, status: 200 | 400 | 404 | 409 | 500 = 200) =>
    context.html(`<!doctype html>${String(view)}`, status);

  // Counts are a help and not the matter: without them the list stands.
  const overview = kept(COUNTS_KEPT_FOR * options.refreshMs, () =>
    readCounts(inbox, MINUTES_OF_OVERVIEW).catch(() => undefined),
  );

  const app = new Hono();
  app.use(middleware);
  app.get("/assets/:file", (context) => {
    const file = files.get(context.req.param("file"));
    if (!file) return context.notFound();
    return context.body(file.text, 200, { "content-type": file.type });
  });

  app.get("/", async (context) => {
    const filter = filterOf(context);
    const [list, counts, queue] = await Promise.all([
      listWebhooks(inbox, queryOf(filter)),
      overview(),
      queueDepths(inbox),
    ]);
    const providers = [
      ...new Set([
        ...(counts?.providers.map(({ name }) => name) ?? []),
        ...list.rows.map(({ provider }) => provider),
        ...(filter.provider ? [filter.provider] : []),
      ]),
    ].sort();
    // An id that is typed in whole is found at once, however old it is.
    const plain = !filter.provider && !filter.status && !filter.type && !filter.cursor;
    const listed = list.rows.some(({ id, key }) => id === filter.text || key === filter.text);
    const exact = plain && filter.text && !listed ? await findById(inbox, providers, filter.text) : [];
    const isFound = (row: WebhookRecord) => exact.some((one) => webhookPath(one) === webhookPath(row));
    const found = [...exact, ...list.rows.filter((row) => !isFound(row))];
    // An older page stays as it is; the newest one is live.
    const refreshMs = filter.cursor === "" ? options.refreshMs : 0;
    return html(
      context,
      <List
        context={page(refreshMs)}
        filter={filter}
        page={{ ...list, rows: found }}
        counts={counts}
        queue={queue}
        providers={providers}
      />,
    );
  });

  app.get("/webhooks/:provider/:key", async (context) => {
    const { provider, key } = context.req.param();
    const [trace, definition] = await Promise.all([
      readTrace(inbox, provider, key),
      readDefinition(inbox).catch(() => undefined),
    ]);
    if (!trace) {
      const [only, ...others] = await findById(inbox, [provider], key);
      if (only && others.length === 0) return context.redirect(webhookPath(only), 302);
      if (only) return html(context, <Shared context={page(0)} id={key} rows={[only, ...others]} />);
      return html(context, <Missing context={page()} />, 404);
    }
    const payload = await readPayload(inbox, trace.webhook).catch(() => undefined);
    const last = trace.executions.length - 1;
    const asked = Number(context.req.query("execution") ?? last);
    const done = context.req.query("done") ?? "";
    return html(
      context,
      <TracePage
        context={page()}
        trace={trace}
        payload={payload?.toString()}
        definition={definition}
        shown={Number.isInteger(asked) && asked >= 0 && asked <= last ? asked : last}
        emulated={inbox.emulated}
        region={inbox.region}
        done={Object.hasOwn(DONE, done) ? DONE[done] : undefined}
      />,
    );
  });

  app.get("/webhooks/:provider/:key/payload", async (context) => {
    const { provider, key } = context.req.param();
    const webhook = await readRecord(inbox, provider, key);
    const payload = webhook && (await readPayload(inbox, webhook));
    if (!webhook || !payload) return html(context, <Missing context={page()} />, 404);
    // Never shown by the browser as what its sender says it is.
    return context.body(new Uint8Array(payload), 200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${provider}-${webhook.id.replace(/[^\w.-]/g, "_")}.json"`,
    });
  });

  app.post("/webhooks/:provider/:key/:action{replay|redrive}", async (context) => {
    const { provider, key, action } = context.req.param();
    if (action === "replay") await operations.replay(provider, key);
    else await operations.redrive(provider, key);
    return context.redirect(`${webhookPath({ provider, key })}?done=${action}`, 303);
  });

  app.get("/dead-letters", async (context) => {
    const cursor = context.req.query("cursor");
    const [list, { deadLetters }] = await Promise.all([
      listWebhooks(inbox, { since: "0000", status: "dead_lettered", ...(cursor && { cursor }) }),
      queueDepths(inbox),
    ]);
    return html(
      context,
      <DeadLetters context={page()} page={list} depth={deadLetters} failing={samples?.failing} />,
    );
  });

  const rejected = new RejectedRequests(inbox);
  app.get("/rejected", async (context) => {
    const signal = AbortSignal.timeout(REJECTED_TIMEOUT_MS);
    // S3 bills each request that is listed: this page does not look again by itself.
    return html(
      context,
      <RejectedList context={page(0)} {...await rejected.find({}, signal, REJECTED_SHOWN)} />,
    );
  });

  app.get("/rejected/:provider/:name", async (context) => {
    const { provider, name } = context.req.param();
    const found = await rejected.read(`${provider}/${name}`);
    if (!found) return html(context, <MissingRejected context={page()} />, 404);
    return html(context, <RejectedPage context={page(0)} rejected={found} />);
  });

  app.post("/rejected/:provider/:name/release", async (context) => {
    const { provider, name } = context.req.param();
    const { ignoreTimestamp } = await context.req.parseBody();
    const webhook = await operations.release(`${provider}/${name}`, ignoreTimestamp === "yes");
    return context.redirect(`${webhookPath(webhook)}?done=release`, 303);
  });

  if (samples && allowWrites) {
    const sendPage = (context: Context, chosen: string, payload: string, sent?: Sent) =>
      html(
        context,
        <Send
          context={page(0)}
          samples={samples.list}
          failing={samples.failing}
          chosen={chosen}
          payload={payload}
          {...(sent && { sent })}
        />,
      );
    app.get("/send", (context) => {
      const asked = context.req.query("sample");
      const chosen = samples.list.find(({ name }) => name === asked) ?? samples.list[0];
      return sendPage(context, chosen?.name ?? "", chosen ? samples.payload(chosen.name) : "");
    });
    app.post("/send", async (context) => {
      const form = await context.req.parseBody();
      const sample = String(form["sample"] ?? "");
      const payload = String(form["payload"] ?? "").replaceAll("\r\n", "\n");
      const sent = await samples.send(sample, payload, {
        fresh: form["fresh"] === "yes",
        forged: form["forged"] === "yes",
      });
      return sendPage(context, sample, payload, sent);
    });
  }

  app.notFound((context) => html(context, <Missing context={page()} />, 404));
  app.onError((error, context) => {
    if (error instanceof OperationRefusedError) {
      return html(
        context,
        <Problem
          context={page()}
          title="Not done"
          detail={error.message}
          back={context.req.path.replace(/\/(replay|redrive|release)$/, "")}
        />,
        409,
      );
    }
    if (error instanceof RangeError) {
      return html(context, <Problem context={page()} title="Not understood" detail={error.message} />, 400);
    }
    const detail = `${describeError(error)}. Is the stack still running, and may these credentials read it?`;
    return html(context, <Problem context={page()} title="The inbox does not answer" detail={detail} />, 500);
  });

  return app;
}

/** The same answer for a while. */
function kept<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let until = 0;
  let answer: Promise<T> | undefined;
  return () => {
    if (answer && Date.now() < until) return answer;
    until = Date.now() + ms;
    answer = ask();
    return answer;
  };
}

function Missing({ context }: { readonly context: PageContext }) {
  return (
    <Problem
      context={context}
      title="No such webhook"
      detail="There is no record of it: it was never accepted, or its record has expired."
    />
  );
}

function MissingRejected({ context }: { readonly context: PageContext }) {
  return (
    <Problem
      context={context}
      title="No such rejected request"
      detail="It was let in, or is older than seven days."
      back="/rejected"
    />
  );
}

function filterOf(context: Context): Filter {
  const text = (name: string) => (context.req.query(name) ?? "").trim();
  const hours = Number(text("hours") || 24);
  const status = text("status");
  return {
    provider: text("provider"),
    status: STATUSES.some((known) => known === status) ? status : "",
    type: text("type"),
    text: text("text"),
    hours: SPANS.some((span) => span.hours === hours) ? hours : 24,
    cursor: text("cursor"),
  };
}

function queryOf({ provider, status, type, text, hours, cursor }: Filter): ListQuery {
  return {
    since: new Date(Date.now() - hours * 3_600_000).toISOString(),
    ...(provider && { provider }),
    ...(status && { status: status as NonNullable<ListQuery["status"]> }),
    ...(type && { type }),
    ...(text && { text }),
    ...(cursor && { cursor }),
  };
}
