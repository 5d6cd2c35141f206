import { Command } from "commander";
import { userInfo } from "node:os";
import { idInKey, keyOf } from "../../functions/domain/webhook";
import type { Inbox } from "../../inbox/connect";
import { matches, wholeIds, type DeadLetter } from "../../inbox/dead-letter";
import { DeadLetterQueue } from "../../inbox/dead-letters";
import { waitingDeliveries, type WaitingDelivery } from "../../inbox/deliveries";
import { UsageError } from "../../inbox/errors";
import { discard, discardWaiting } from "../../inbox/operations/discard";
import { MIN_PREFIX, onlyOne } from "../../inbox/short-ids";
import { pc } from "../../terminal/colours";
import { confirm } from "../../terminal/confirm";
import { interruptible } from "../../terminal/interrupt";
import { note, print, sanitize } from "../../terminal/output";
import { noteMissing, withConsumer, type WhoseDeadLetters } from "../options/dead-letters";
import { connectTo, withStackOptions, type OneWebhookOptions } from "../options/stack";

interface Options extends OneWebhookOptions, WhoseDeadLetters {
  readonly reason: string;
  readonly yes?: true;
}

async function run(id: string, options: Options): Promise<void> {
  const { provider, reason } = options;
  if (reason.trim() === "") throw new UsageError("--reason is empty: say why nobody needs this webhook.");
  const inbox = await connectTo(options);
  await interruptible(async (signal) => {
    const queue = new DeadLetterQueue(inbox, options.consumer);
    try {
      const reading = await queue.read({ spread: true, signal });
      noteMissing(reading);
      const ids = wholeIds([id], reading.deadLetters);
      const filter = { ids, ...(provider !== undefined && { provider }) };
      const found = reading.deadLetters.filter((deadLetter) => matches(deadLetter, filter, Date.now()));
      const [name, ...others] = [...new Set(found.map(nameOf))];
      const waiting =
        name === undefined && options.consumer !== undefined && (await waitingOf(id, inbox, options));
      if (waiting) return await giveUpWaiting(waiting, inbox, options);
      if (name === undefined) throw new Error(`No dead letter has the id ${id}. Nothing was removed.`);
      if (others.length > 0) {
        throw new UsageError(
          `Several webhooks have the id ${id}: ${[name, ...others].join(", ")}. Choose one with --provider or its key.`,
        );
      }
      await confirmed(`${name} (${found[0]?.reason.code ?? ""}) would be removed for good`, options);
      for (const one of found) await discard(inbox, queue, one, { by: userInfo().username, reason });
      print(options, { discarded: name }, () => pc.green(`Discarded ${name}.`));
    } finally {
      await queue.close();
    }
  });
}

/** Returns the delivery to the consumer with this id, if it waits for its next attempt. */
async function waitingOf(id: string, inbox: Inbox, { consumer = "", provider }: Options) {
  const waiting = await waitingDeliveries(inbox, consumer, Infinity);
  const named = waiting.filter(({ delivery }) => provider === undefined || delivery.provider === provider);
  const exact = named.filter(({ delivery: { key } }) => key === id || idInKey(key) === id);
  const some =
    exact.length > 0 || id.length < MIN_PREFIX
      ? exact
      : named.filter(({ delivery }) => delivery.key.startsWith(id));
  return onlyOne(id, some, ({ delivery: { provider: whose, key } }) => `${whose} ${key}`);
}

async function giveUpWaiting(waiting: WaitingDelivery, inbox: Inbox, options: Options): Promise<void> {
  const { provider, key, consumer } = waiting.delivery;
  const name = `${provider} ${sanitize(key)}`;
  await confirmed(`${name}, which waits for another attempt at ${consumer}, would be given up`, options);
  await discardWaiting(inbox, waiting, { by: userInfo().username, reason: options.reason });
  print(options, { discarded: name }, () => pc.green(`Gave up ${name}. Those behind it in its group go on.`));
}

/** Returns a name that only the dead letters of one webhook share; copies of one message have the same. */
function nameOf({ webhook, messageId }: DeadLetter): string {
  return webhook ? `${webhook.provider} ${sanitize(keyOf(webhook))}` : messageId;
}

/** Asks, unless --yes was given. @throws UsageError if there is no terminal to ask on; Error if the answer is no */
async function confirmed(what: string, { yes }: Options): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new UsageError(`${what}. Pass --yes.`);
  note(what);
  if (!(await confirm("Continue?"))) throw new Error("Nothing was removed.");
}

/** `webhooks dlq discard <id>` */
export function dlqDiscard(): Command {
  const command = new Command("discard")
    .description("Removes one dead letter for good, and notes on its webhook's record who did it and why.")
    .argument("<id>", "event id or the beginning of one, or id of the dead letter")
    .requiredOption("--reason <text>", "why nobody needs it")
    .option("--provider <name>", "provider, if more than one sent this id")
    .option("--yes", "without asking")
    .addHelpText(
      "after",
      `
Its webhook stays dead_lettered in the list, and can still be replayed while its payload is kept. With --consumer this also
gives up a delivery that waits for its next attempt, as where failures block: those behind it in its group go on.

Examples:
  webhooks dlq discard evt_1Q2W3E --reason "test data"
  webhooks dlq discard evt_1Q2W3E --consumer crm --reason "customer is gone"`,
    );
  return withStackOptions(withConsumer(command)).action(run);
}
