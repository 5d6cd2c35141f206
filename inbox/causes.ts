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

/**
 * A group of troubles with one cause: the same kind, provider and error; for undelivered events, the same rule and
 * error.
 */
export interface Cause {
  readonly kind: "dead_lettered" | "failed" | "rejected" | "undelivered";
  /**
   * Name of the provider; for undelivered events, of the newest one's provider, or empty if that event is not a
   * webhook's.
   */
  readonly provider: string;
  /** Name of the EventBridge rule that could not deliver the events; only for undelivered events. */
  readonly rule?: string;
  /** Error code; for rejected requests, the reason. */
  readonly error: string;
  /** Error message or diagnosis of the newest trouble in the group. */
  readonly detail: string;
  readonly count: number;
  /** When the oldest and the newest were received or, for undelivered events, could not be delivered; RFC 3339. */
  readonly first: string;
  readonly last: string;
  /** Id of the newest webhook or request; the id of the SQS message if an undelivered event is not a webhook's. */
  readonly sample: string;
  /** Command that fixes the cause, or shows what to do. */
  readonly fix: string;
}

export interface Causes {
  /** Causes, the most frequent first. */
  readonly causes: readonly Cause[];
  /** Whether there are more troubles than were read. */
  readonly more: boolean;
  /** Kinds of trouble that could not be read in time: a quarantine can hold very many requests. */
  readonly unread: readonly Unread[];
}

type Unread = "rejected" | "undelivered";

/** Number of troubles of each kind that are read, the newest ones: AWS bills each read. */
const LOOKED_AT = 200;

type Trouble = Pick<Cause, "kind" | "provider" | "rule" | "error" | "detail"> & {
  readonly id: string;
  readonly at: string;
};

/** Troubles of one kind that were read, and whether there are more. */
interface Read {
  readonly troubles: readonly Trouble[];
  readonly more: boolean;
}

/**
 * Groups failed, dead-lettered and rejected webhooks and undelivered events by their causes.
 * @param signal time limit; what is not read by then is left out and named
 */
export async function readCauses(inbox: Inbox, signal: AbortSignal): Promise<Causes> {
  const unread: Unread[] = [];
  const inTime = (kind: Unread, reading: Promise<Read>): Promise<Read> =>
    reading.catch((error: unknown) => {
      if (!signal.aborted) throw error;
      unread.push(kind);
      return { troubles: [], more: false };
    });
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
    inTime("rejected", rejected()),
    inTime("undelivered", undelivered(inbox, signal)),
  ]);
  return {
    causes: grouped(found.flatMap(({ troubles }) => troubles)),
    more: found.some(({ more }) => more),
    unread,
  };
}

function ofRecord(kind: "dead_lettered" | "failed", record: WebhookRecord): Trouble {
  const { provider, id, receivedAt: at, error } = record;
  return { kind, provider, error: error?.code ?? "unknown", detail: error?.message ?? "", id, at };
}

/** Reads the events that EventBridge could not deliver, and makes them visible again at once. */
async function undelivered(inbox: Inbox, signal: AbortSignal): Promise<Read> {
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

/**
 * Returns the error code of a dead letter, given the error of its webhook's record. They differ if SQS moved the
 * message itself, since such a dead letter carries no error.
 */
export function deadLetterCode(error: string): string {
  return error === RECEIVES_EXHAUSTED ? MOVED_BY_SQS.code : error;
}

/** Causes of a rejection that adding a secret fixes; for the others, `webhooks rejected show` says what to do. */
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
