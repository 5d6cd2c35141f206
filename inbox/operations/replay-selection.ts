import { recordKey } from "../../functions/domain/webhook";
import { eventTime, schemeOf } from "../../providers";
import type { Inbox } from "../connect";
import { UsageError } from "../errors";
import { providerNamed, type StackProvider } from "../outputs";
import { RawPayloads, type ListedPayload } from "../payloads";
import { MIN_PREFIX, onlyOne } from "../short-ids";
import { sharedId } from "../records/find";
import { knownKeys } from "../records/read-many";
import {
  readRecorded,
  selectRecords,
  identified,
  type RecordedWebhook,
  type RecordFilter,
  type StoredWebhook,
} from "../records/select";
import { elementOf, groupOf, readStored, type StoredPayload } from "../stored-payload";
import { inOrderOfArrival } from "./replay";

/** Finds what is to be replayed: in the table, and in S3 for expired records. */
export class ReplaySelection {
  readonly #payloads: RawPayloads;

  constructor(
    private readonly inbox: Inbox,
    private readonly signal: AbortSignal,
  ) {
    this.#payloads = new RawPayloads(inbox);
  }

  /**
   * Finds one webhook, whatever its status is.
   * @param id its key or event id, or a prefix that no other webhook has
   * @throws Error if it never was received; UsageError if several webhooks have this event id
   */
  async one(provider: string, id: string): Promise<readonly StoredWebhook[]> {
    const direct = await this.#byKey(provider, id);
    if (direct) return [direct];
    const keys = await this.#payloads.keysOf(provider, id, this.signal);
    if (keys.length > 1) throw new UsageError(sharedId(provider, id, keys));
    const key = keys[0] ?? (await this.#beginningWith(provider, id));
    const found = key === undefined ? undefined : await this.#byKey(provider, key);
    if (!found) {
      throw new Error(
        `No webhook "${id}" found for ${provider}: no record has this key, and no payload is stored under this id. ` +
          "One that is older than payloadRetentionDays cannot be published again.",
      );
    }
    return [found];
  }

  async #beginningWith(provider: string, prefix: string): Promise<string | undefined> {
    if (prefix.length < MIN_PREFIX) return undefined;
    const keys = await this.#payloads.keysStartingWith(provider, prefix, this.signal);
    return onlyOne(prefix, keys, (key) => key);
  }

  async #byKey(provider: string, key: string): Promise<StoredWebhook | undefined> {
    const record = await readRecorded(this.inbox, recordKey(provider, key));
    if (record?.status === "erased")
      throw new UsageError(`${provider} ${key} was erased: nothing can publish it again.`);
    if (record) return this.#withGroup(record);
    const [listed] = await this.#payloads.list(provider, key, this.signal);
    return listed && this.#fromPayload(provider, listed);
  }

  /** Returns all webhooks with a record that match, in order of arrival. */
  async recorded(filter: RecordFilter, run: string): Promise<readonly StoredWebhook[]> {
    const found: StoredWebhook[] = [];
    for await (const record of selectRecords(this.inbox, filter, run, this.signal)) {
      found.push(await this.#withGroup(record));
    }
    return inOrderOfArrival(found);
  }

  /** Returns all webhooks of a provider whose records have expired, by what S3 lists. Their status is not known. */
  async expired(
    provider: string,
    { type, since, until }: Omit<RecordFilter, "statuses">,
  ): Promise<readonly StoredWebhook[]> {
    const from = since === undefined ? -Infinity : Date.parse(since);
    const to = until === undefined ? Infinity : Date.parse(until);
    const listed = (await this.#payloads.list(provider, undefined, this.signal)).filter(
      ({ receivedAt }) => receivedAt >= from && receivedAt < to,
    );
    const known = await knownKeys(
      this.inbox,
      listed.map(({ key }) => recordKey(provider, key)),
    );
    const found: StoredWebhook[] = [];
    for (const payload of listed) {
      this.signal.throwIfAborted();
      if (known.has(recordKey(provider, payload.key))) continue;
      const webhook = await this.#fromPayload(provider, payload);
      if (type === undefined || webhook.type === type) found.push(webhook);
    }
    return inOrderOfArrival(found);
  }

  async #withGroup(record: RecordedWebhook): Promise<StoredWebhook> {
    const { group, provider, s3Key } = record;
    if (group !== undefined) return { ...record, group };
    const known = providerNamed(provider, this.inbox.outputs);
    if (known?.orderingKey === undefined) return { ...record, group: provider };
    return { ...record, group: groupOf(provider, known, await this.#payloads.read(s3Key)) };
  }

  async #fromPayload(
    provider: string,
    { s3Key, key, size, receivedAt }: ListedPayload,
  ): Promise<StoredWebhook> {
    const payload = await this.#payloads.read(s3Key);
    const { id, type, contentType } = payload;
    const known = providerNamed(provider, this.inbox.outputs);
    const time = timeIn(payload, known);
    return {
      ...identified({ provider, id, key, type, time }),
      contentType,
      size,
      s3Key,
      group: groupOf(provider, known, payload),
      receivedAt: new Date(receivedAt).toISOString(),
    };
  }
}

/** Returns the event's time if the scheme has it in the payload; the request's headers are gone. */
function timeIn(stored: StoredPayload, provider: StackProvider | undefined): string | undefined {
  if (stored.split) return elementOf(provider, stored)?.time;
  const scheme = schemeOf(provider?.scheme);
  const payload = readStored(provider, stored);
  if (!scheme) return undefined;
  return eventTime(scheme, { method: "POST", headers: {}, body: stored.body }, payload.value).time;
}
