import type { Inbox } from "./connect";
import { providerNamed } from "./outputs";
import { PayloadFrozenError, PayloadGoneError, RawPayloads } from "./payloads";
import { preview } from "./preview";
import { listWebhooks, type ListQuery } from "./records/list";
import type { WebhookRecord } from "./records/record";
import { readStored } from "./stored-payload";
import { portions } from "./portions";

/** Number of payloads above which a person has to confirm the search. */
export const ASK_ABOVE = 1_000;

/** Maximum number of payloads that one search reads; narrower filters, or the cursor, reach the others. */
export const MAX_SEARCHED = 10_000;

/** US dollars for reading one object, in us-east-1. @see https://aws.amazon.com/s3/pricing/ */
const GET_DOLLARS = 0.4 / 1_000_000;

/** Number of payloads that are read concurrently. */
const AT_ONCE = 32;

/** Number of rows that a search requests of one page of the list. */
const PAGE_ROWS = 400;

/** What a search would read. */
export interface SearchPlan {
  /** Webhooks whose payloads would be read, newest first. */
  readonly webhooks: readonly WebhookRecord[];
  readonly bytes: number;
  /** US dollars for the requests; a transfer out of AWS costs extra. */
  readonly dollars: number;
  /** Cursor from which the search continues, if there are more webhooks in the window. */
  readonly next?: string;
}

/** A webhook whose payload holds the text. */
export interface Match {
  readonly webhook: WebhookRecord;
  /** The fields in which the text was found, and a few others. */
  readonly preview: string;
}

/** Result for one payload: a match, a webhook whose payload could not be read, or neither. */
export type Looked = { readonly match?: Match; readonly unread?: WebhookRecord };

/** Lists the webhooks whose payloads a search has to read. */
export async function planSearch(
  inbox: Inbox,
  query: Omit<ListQuery, "limit">,
  most = MAX_SEARCHED,
): Promise<SearchPlan> {
  const webhooks: WebhookRecord[] = [];
  let { cursor } = query;
  do {
    const limit = Math.min(PAGE_ROWS, most - webhooks.length);
    const page = await listWebhooks(inbox, { ...query, limit, ...(cursor !== undefined && { cursor }) });
    webhooks.push(...page.rows.filter(({ s3Key }) => s3Key !== undefined));
    cursor = page.next;
  } while (cursor !== undefined && webhooks.length < most);
  return {
    webhooks,
    bytes: webhooks.reduce((sum, { size = 0 }) => sum + size, 0),
    dollars: webhooks.length * GET_DOLLARS,
    ...(cursor !== undefined && { next: cursor }),
  };
}

/**
 * Searches payloads in their order and yields the result for each. Finds the text regardless of case, in the payload as
 * received and with its escapes decoded.
 */
export async function* searchPayloads(
  inbox: Inbox,
  webhooks: readonly WebhookRecord[],
  text: string,
  signal: AbortSignal,
): AsyncGenerator<Looked> {
  const payloads = new RawPayloads(inbox);
  const look = async (webhook: WebhookRecord): Promise<Looked> => {
    const value = await readValue(payloads, inbox, webhook);
    if (!value) return { unread: webhook };
    const found = value.texts.some((one) => one.toLowerCase().includes(text.toLowerCase()));
    return found ? { match: { webhook, preview: preview(value.value, text) } } : {};
  };
  for (const some of portions(webhooks, AT_ONCE)) {
    signal.throwIfAborted();
    yield* await Promise.all(some.map(look));
  }
}

/** Returns the previews of webhooks, except those whose payloads cannot be read. */
export async function previews(
  inbox: Inbox,
  webhooks: readonly WebhookRecord[],
): Promise<ReadonlyMap<WebhookRecord, string>> {
  const payloads = new RawPayloads(inbox);
  const read = await Promise.all(
    webhooks.map(async (webhook) => {
      const found = await readValue(payloads, inbox, webhook);
      return found ? [[webhook, preview(found.value)] as const] : [];
    }),
  );
  return new Map(read.flat());
}

/** Reads a payload's value and its texts to search; undefined if it is gone, or in Glacier. */
async function readValue(
  payloads: RawPayloads,
  inbox: Inbox,
  { provider, s3Key }: WebhookRecord,
): Promise<{ readonly value: unknown; readonly texts: readonly string[] } | undefined> {
  if (s3Key === undefined) return undefined;
  try {
    const stored = await payloads.read(s3Key);
    const { value, data } = readStored(providerNamed(provider, inbox.outputs), stored);
    const text = "text" in data ? data.text : stored.body.toString();
    return { value, texts: [text, JSON.stringify(value) ?? ""] };
  } catch (error) {
    if (error instanceof PayloadGoneError || error instanceof PayloadFrozenError) return undefined;
    throw error;
  }
}
