import { Command } from "commander";
import jsonata from "jsonata";
import { setTimeout as pause } from "node:timers/promises";
import { secondsBehind } from "../../inbox/clock";
import type { Inbox } from "../../inbox/connect";
import { messageOf, UsageError } from "../../inbox/errors";
import { ListenState } from "../../inbox/listen-state";
import { Follower, followFromNow, type FollowPorts } from "../../inbox/operations/follow";
import { Listening, type Cursor, type ListenPorts } from "../../inbox/operations/listen";
import { readArrivals } from "../../inbox/records/arrivals";
import { readRecords } from "../../inbox/records/read-many";
import type { WebhookRecord } from "../../inbox/records/record";
import { prettyJson } from "../../inbox/pretty-json";
import { count } from "../../inbox/text";
import { onKeys } from "../../terminal/keys";
import { interruptible } from "../../terminal/interrupt";
import { asJson, note, sanitize } from "../../terminal/output";
import { forwardingTo, withForwardOptions, type ForwardOptions, type Forwarding } from "../options/forward";
import { connectTo, pointInTime, positive, withStackOptions, type StackOptions } from "../options/stack";
import { forwardedJson, forwardedLine } from "../text/forwarded";

interface Options extends StackOptions, ForwardOptions {
  readonly forwardTo: string;
  readonly provider?: string;
  readonly type?: string;
  readonly when?: string;
  readonly since?: string;
  readonly resume?: true;
  readonly maxBacklog: number;
  readonly count?: number;
}

/** Milliseconds between two reads: on AWS each takes sixteen queries of half a read unit. */
const POLL_MS = { local: 300, aws: 2_000 } as const;

async function listen(options: Options): Promise<void> {
  const inbox = await connectTo(options);
  const { forwardTo: to, provider } = options;
  const matches = filterOf(options);
  const forwarding = forwardingTo(to, inbox, options, provider);
  const state = new ListenState(inbox.outputs);
  const cursor = options.resume && state.cursor(to);
  let left = options.count ?? Infinity;
  await interruptible(async (signal) => {
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const ports: ListenPorts = {
      records: (keys) => readRecords(inbox, keys),
      matches: (webhook) => matches(webhook, forwarding),
      forward: (webhook) => forwarding.forwarder.forward(webhook),
      onDelivered(result, webhook) {
        console.log(
          options.json
            ? asJson({ event: "delivery", ...forwardedJson(webhook, result) })
            : forwardedLine(webhook, result, Date.now()),
        );
        left -= 1;
        if (left <= 0) ended.abort();
      },
      onSkipped: (skipped) =>
        note(`${count(skipped, "older webhook")} left out: --max-backlog is ${options.maxBacklog}.`),
      save: (reached) => options.resume && state.save(to, reached),
      now: Date.now,
    };
    const limits = { hold: options.resume ?? false, maxBacklog: options.maxBacklog };
    const follower = await startOf(options, inbox, cursor || undefined);
    const listening = new Listening(follower, limits, ports);
    begin(options, forwarding);
    const stop = options.json ? () => undefined : keysOf(listening, forwarding, ended);
    try {
      while (!either.aborted) {
        await listening.turn(either);
        await pause(inbox.emulated ? POLL_MS.local : POLL_MS.aws, undefined, { signal: either }).catch(
          () => undefined,
        );
      }
    } finally {
      stop();
    }
  });
}

/** Returns a follower that begins where the options say: now, at a moment, or where listening ended. */
async function startOf({ since }: Options, inbox: Inbox, cursor: Cursor | undefined): Promise<Follower> {
  const behind = (await secondsBehind(inbox.outputs.api_endpoint).catch(() => undefined)) ?? 0;
  const now = () => Date.now() + behind * 1_000;
  const ports: FollowPorts = { now, arrivals: (from, at) => readArrivals(inbox, from, at) };
  if (cursor) return new Follower(ports, Date.parse(cursor.from), cursor.done);
  return since === undefined ? followFromNow(ports) : new Follower(ports, pointInTime(since, now()));
}

/** Returns a filter for the webhooks that the options name. @throws UsageError if the expression is invalid */
function filterOf({ provider, type, when }: Options) {
  const expression = when === undefined ? undefined : parsed(when);
  return async (webhook: WebhookRecord, { forwarder }: Forwarding): Promise<boolean> => {
    if (provider !== undefined && webhook.provider !== provider) return false;
    if (type !== undefined && webhook.type !== type) return false;
    if (!expression) return true;
    try {
      const event = JSON.parse(await forwarder.event(webhook)) as unknown;
      return Boolean(await expression.evaluate(event));
    } catch (error) {
      note(`${webhook.provider} ${sanitize(webhook.id)}: --when fails: ${sanitize(messageOf(error))}`);
      return false;
    }
  };
}

function parsed(when: string): jsonata.Expression {
  try {
    return jsonata(when);
  } catch (error) {
    throw new UsageError(`--when is no JSONata: ${messageOf(error)}`);
  }
}

/** Prints what a developer needs to configure. */
function begin({ json, forwardTo }: Options, { secrets, impossible }: Forwarding): void {
  if (json) {
    const bySecret = Object.fromEntries(secrets.map(({ provider, secret }) => [provider, secret]));
    console.log(asJson({ event: "ready", forwardTo, secrets: bySecret }));
    return;
  }
  for (const { provider, reason } of impossible)
    note(`${provider} is left out. ${reason} See --as cloudevent.`);
  const [only, ...more] = secrets;
  if (only && more.length === 0) note(`Ready! Your webhook signing secret is ${spaced(only.secret)}`);
  else if (!only) note("Ready!");
  else
    note(
      [
        "Ready! Your webhook signing secrets are",
        ...secrets.map(({ provider, secret }) => `  ${provider.padEnd(12)} ${spaced(secret)}`),
      ].join("\n"),
    );
  const keys = process.stdin.isTTY
    ? " Keys: r sends the last again, p shows its payload, q quits."
    : " Ctrl-C ends it.";
  note(`Forwarding to ${forwardTo}.${keys}`);
}

/** Puts a key in PEM on lines of its own. */
const spaced = (secret: string): string => (secret.includes("\n") ? `\n${secret}` : secret);

function keysOf(listening: Listening, { forwarder }: Forwarding, ended: AbortController): () => void {
  const fails = (error: unknown) => note(sanitize(messageOf(error)));
  return onKeys({
    q: () => ended.abort(),
    r: () => void listening.again().catch(fails),
    p: () => {
      const { last } = listening;
      if (!last) return note("Nothing was delivered yet.");
      forwarder
        .payload(last)
        .then((body) => console.log(sanitize(prettyJson(body.toString()), "\n\t")), fails);
    },
  });
}

/** `webhooks listen` */
export function listenCommand(): Command {
  const command = new Command("listen")
    .description("Forwards webhooks to a server on this machine as they are received, until Ctrl-C.")
    .requiredOption("--forward-to <address>", "such as http://localhost:3000/stripe")
    .option("--provider <name>", "only of this provider")
    .option("--type <type>", "only of this event type")
    .option("--when <jsonata>", "only events for which this expression holds")
    .option("--since <time>", "also those since: 2026-01-02T03:04:05Z, 2026-01-02, or 2h")
    .option(
      "--resume",
      "goes on where it was ended; what is not answered by 2xx is tried again, its group waits",
    )
    .option(
      "--max-backlog <n>",
      "of those that were received before, at most this many, the newest",
      positive,
      1_000,
    )
    .option("--count <n>", "exits after this many deliveries", positive)
    .addHelpText(
      "after",
      `
Each webhook goes out once, in its provider's own form and signed in its scheme with a secret of your own, so that a
handler with the provider's library works as it is. The secret is the same at each start. Nothing is set up in AWS and
nothing changes there: it reads the table's index. A replay is not seen; see webhooks replay --to.

Examples:
  webhooks listen --forward-to http://localhost:3000/stripe --provider stripe
  webhooks listen --forward-to http://localhost:3000/hooks --since 2h --resume
  webhooks listen --forward-to http://localhost:3000/ --when "$contains(type, 'invoice.')" --as cloudevent
  webhooks listen --forward-to http://localhost:3000/ --stack prod --allow-production`,
    );
  return withStackOptions(withForwardOptions(command)).action(listen);
}
