import { RECEIVES_EXHAUSTED } from "../functions/domain/dead-letter";
import type { Finding } from "../functions/domain/rejected";
import { SOURCE_NOT_ALLOWED } from "../functions/domain/source-ranges";
import type { Inbox } from "./connect";
import { MOVED_BY_SQS, type DeadLetter } from "./dead-letter";
import { DeadLetterQueue } from "./dead-letters";
import { queueDepth } from "./queue";
import { listWebhooks } from "./records/list";
import type { WebhookRecord } from "./records/record";
import { RejectedRequests } from "./rejected";

/** Troubles with one cause: of one provider, of one kind, with one error; of undelivered events, of one rule with one error. */
export interface Cause {
  readonly kind: "dead_lettered" | "failed" | "rejected" | "undelivered";
  /** Of undelivered events that of the newest; empty if that is no webhook's. */
  readonly provider: string;
  /** Name of the rule of undelivered events. */
  readonly rule?: string;
  /** Error code, or why requests were rejected. */
  readonly error: string;
  /** What the newest says of it. */
  readonly detail: string;
  readonly count: number;
  /** When the first and the last of them were received, or could not be delivered; RFC 3339. */
  readonly first: string;
  readonly last: string;
  /** Id of the newest: of a message where there is no webhook's. */
  readonly sample: string;
  /** The command that fixes it, or that shows the way. */
  readonly fix: string;
}

export interface Causes {
  /** The most frequent first. */
  readonly causes: readonly Cause[];
  /** Whether there are more than were looked at. */
  readonly more: boolean;
}

/** The newest of each kind that are looked at: each is a read that AWS bills. */
const LOOKED_AT = 200;

type Trouble = Pick<Cause, "kind" | "provider" | "rule" | "error" | "detail"> & {
  readonly id: string;
  readonly at: string;
};

/** Groups what failed, is dead-lettered, was rejected or could not be delivered by its cause. */
export async function readCauses(inbox: Inbox, signal: AbortSignal): Promise<Causes> {
  const unresolved = async (status: "dead_lettered" | "failed") => {
    const { rows, next } = await listWebhooks(inbox, { since: "0000", status, limit: LOOKED_AT });
    return { troubles: rows.map((row) => ofRecord(status, row)), more: next !== undefined };
  };
  const rejected = async () => {
    const { listed, more } = await new RejectedRequests(inbox).find({}, signal, LOOKED_AT);
    const troubles = listed.map(({ id, provider, receivedAt: at, reason, cause }): Trouble => {
      return { kind: "rejected", provider, error: reason, detail: cause, id, at };
    });
    return { troubles, more };
  };
  const found = await Promise.all([
    unresolved("dead_lettered"),
    unresolved("failed"),
    rejected(),
    undelivered(inbox, signal),
  ]);
  return {
    causes: grouped(found.flatMap(({ troubles }) => troubles)),
    more: found.some(({ more }) => more),
  };
}

function ofRecord(kind: "dead_lettered" | "failed", record: WebhookRecord): Trouble {
  const { provider, id, receivedAt: at, error } = record;
  return { kind, provider, error: error?.code ?? "unknown", detail: error?.message ?? "", id, at };
}

/** Reads events that targets of the bus did not take, and puts them back at once. */
async function undelivered(inbox: Inbox, signal: AbortSignal) {
  const url = inbox.outputs.undelivered_queue_url;
  if (url === undefined || (await queueDepth(url, inbox.clients.sqs)).waiting === 0)
    return { troubles: [], more: false };
  const queue = new DeadLetterQueue(inbox, undefined, url);
  try {
    const { deadLetters } = await queue.read({ spread: false, signal, limit: LOOKED_AT });
    return { troubles: deadLetters.map(ofEvent), more: deadLetters.length >= LOOKED_AT };
  } finally {
    await queue.close();
  }
}

function ofEvent({ webhook, messageId, rule = "", target, reason, receivedAt: at }: DeadLetter): Trouble {
  const { provider = "", id = messageId } = webhook ?? {};
  const detail = `${reason.message} (${target})`;
  return { kind: "undelivered", provider, rule, error: reason.code, detail, id, at };
}

/** Groups troubles by kind, provider or rule, and error. */
export function grouped(troubles: readonly Trouble[]): readonly Cause[] {
  const groups = new Map<string, [Trouble, ...Trouble[]]>();
  for (const trouble of [...troubles].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const name = JSON.stringify([trouble.kind, trouble.rule ?? trouble.provider, trouble.error]);
    const group = groups.get(name);
    if (group) group.push(trouble);
    else groups.set(name, [trouble]);
  }
  return [...groups.values()]
    .map((group): Cause => {
      const { at: last, id: sample, ...trouble } = group.at(-1) ?? group[0];
      const about = { ...trouble, count: group.length, first: group[0].at, last, sample };
      return { ...about, fix: fixOf(about) };
    })
    .sort((a, b) => b.count - a.count);
}

/** Error code of a dead letter whose webhook's record has this one: what SQS moved itself has another, since it says nothing. */
export function deadLetterCode(error: string): string {
  return error === RECEIVES_EXHAUSTED ? MOVED_BY_SQS.code : error;
}

/** Causes of a rejection that another secret removes; of the others `rejected show` says what to do. */
const WRONG_SECRET: readonly string[] = [
  "no_secret_matched",
  "secret_form",
  "other_provider",
  "secret_missing",
  "secret_malformed",
] satisfies Finding["cause"][];

function fixOf({ kind, provider, rule = "", error, detail, sample }: Omit<Cause, "fix">): string {
  const plain = (text: string) => (/^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  switch (kind) {
    case "dead_lettered":
      return `webhooks dlq redrive --provider ${provider} --reason ${plain(deadLetterCode(error))}`;
    case "failed":
      return `webhooks trace ${plain(sample)}`;
    case "rejected":
      if (detail === SOURCE_NOT_ALLOWED)
        return `webhooks rejected release --provider ${provider} --reason ${detail}`;
      return WRONG_SECRET.includes(detail)
        ? `webhooks secrets add ${provider} && webhooks rejected release --provider ${provider}`
        : `webhooks rejected show ${plain(sample)}`;
    case "undelivered":
      return `webhooks replay --undelivered ${plain(rule)}`;
  }
}
