import { asProviderKnowsIt } from "../../functions/domain/signed-request";
import { admittedEvents } from "../../functions/domain/split";
import { readPayload } from "../../functions/domain/payload";
import { eventId, idInKey, keyOf, messageGroup, recordKey } from "../../functions/domain/webhook";
import type { Admitted } from "../../functions/domain/webhook-of-request";
import type { Inbox } from "../connect";
import { providerNamed } from "../outputs";
import { RawPayloads, type ListedPayload } from "../payloads";
import { selectToErase, toErasable } from "../records/erasable";
import { readStored } from "../records/read";
import { readRecords } from "../records/read-many";
import type { Erasable } from "../records/tombstone";
import { RejectedRequests, type RejectedFilter } from "../rejected";
import { MIN_PREFIX, onlyOne } from "../short-ids";
import { groupOf } from "../stored-payload";
import { providerOf } from "./release";

/** Selects webhooks to erase; an absent criterion matches all. */
export interface EraseFilter {
  readonly provider?: string;
  /** The value of the ordering key, or the whole message group. */
  readonly group?: string;
  /** Time before which the webhooks were received, RFC 3339. */
  readonly before?: string;
}

/** Everything that one erasure removes. */
export interface EraseSelected {
  readonly webhooks: readonly Erasable[];
  /** Ids of quarantined requests. */
  readonly quarantined: readonly string[];
  /** Message groups whose items are removed with their webhooks. */
  readonly groups: readonly string[];
}

/** Finds what is to be erased: in the table, in S3 for expired records, and in the quarantine. */
export class EraseSelection {
  readonly #payloads: RawPayloads;
  readonly #rejected: RejectedRequests;

  constructor(
    private readonly inbox: Inbox,
    private readonly signal: AbortSignal,
  ) {
    this.#payloads = new RawPayloads(inbox);
    this.#rejected = new RejectedRequests(inbox);
  }

  /**
   * Finds webhooks of a provider by their keys or event ids, or by a prefix that only one of them has.
   * @throws UsageError with candidates if several have it
   */
  async byId(provider: string, ids: readonly string[]): Promise<EraseSelected> {
    const found = await Promise.all(ids.map((id) => this.#named(provider, eventId(id))));
    const webhooks = found.flat();
    const names = new Set([...ids.map(eventId), ...webhooks.flatMap(({ key, id }) => [key, id])]);
    const isTheirs = ({ webhook }: Admitted) => names.has(webhook.id) || names.has(keyOf(webhook));
    return { webhooks, quarantined: await this.#quarantined(provider, isTheirs), groups: [] };
  }

  /** Finds all webhooks that match a filter. */
  async matching(filter: EraseFilter): Promise<EraseSelected> {
    const { provider, group, before } = filter;
    const providers = provider === undefined ? await this.#payloads.providers() : [provider];
    const groups = group === undefined ? undefined : new Set(groupsOf(group, providers));
    const webhooks: Erasable[] = [];
    for await (const found of selectToErase(this.inbox, { provider, groups, before }, this.signal))
      webhooks.push(found);
    const recorded = new Set(webhooks.map((webhook) => recordKey(webhook.provider, webhook.key)));
    for (const name of providers) {
      const forgotten = await this.#forgotten(name, before, groups);
      webhooks.push(...forgotten.filter(({ key }) => !recorded.has(recordKey(name, key))));
    }
    const isTheirs = groups && ((admitted: Admitted) => groups.has(admitted.group));
    return {
      webhooks,
      quarantined: await this.#quarantined(provider, isTheirs, before),
      groups: before === undefined ? [...(groups ?? [])] : [],
    };
  }

  async #named(provider: string, id: string): Promise<readonly Erasable[]> {
    const keys = [id, ...(await this.#payloads.keysOf(provider, id, this.signal))];
    const found = (await Promise.all(keys.map((key) => this.#byKey(provider, key)))).flat();
    if (found.length > 0 || id.length < MIN_PREFIX) return found;
    const longer = await this.#payloads.keysStartingWith(provider, id, this.signal);
    const only = onlyOne(id, longer, (key) => key);
    return only === undefined ? [] : this.#byKey(provider, only);
  }

  async #byKey(provider: string, key: string): Promise<readonly Erasable[]> {
    const stored = await readStored(this.inbox, recordKey(provider, key));
    if (stored) return [toErasable(stored)];
    const [listed] = await this.#payloads.list(provider, key, this.signal);
    return listed ? [ofPayload(provider, listed)] : [];
  }

  /**
   * Finds webhooks by their payloads in S3 whose records have expired, or say `erased` although the erasure was
   * interrupted.
   */
  async #forgotten(
    provider: string,
    before: string | undefined,
    groups: ReadonlySet<string> | undefined,
  ): Promise<readonly Erasable[]> {
    const to = before === undefined ? Infinity : Date.parse(before);
    const listed = (await this.#payloads.list(provider, undefined, this.signal)).filter(
      ({ receivedAt }) => receivedAt < to,
    );
    const keys = listed.map(({ key }) => recordKey(provider, key));
    const records = await readRecords(this.inbox, keys);
    const found: Erasable[] = [];
    for (const payload of listed) {
      this.signal.throwIfAborted();
      const record = records.get(recordKey(provider, payload.key));
      if (record && record.status !== "erased") continue;
      if (groups && !groups.has(await this.#groupOf(provider, payload))) continue;
      found.push(ofPayload(provider, payload));
    }
    return found;
  }

  async #groupOf(provider: string, { s3Key }: ListedPayload): Promise<string> {
    const known = providerNamed(provider, this.inbox.outputs);
    return groupOf(provider, known, await this.#payloads.read(s3Key));
  }

  /**
   * Finds the ids of quarantined requests. Who sent them is not verified: they are read as if it were their provider.
   * @param isTheirs returns whether a webhook of a request is to be erased @default all requests match, and none is
   *   read
   */
  async #quarantined(
    provider: string | undefined,
    isTheirs: ((admitted: Admitted) => boolean) | undefined,
    before?: string,
  ): Promise<readonly string[]> {
    const filter: RejectedFilter = {
      ...(provider !== undefined && { provider }),
      ...(before !== undefined && { before: Date.parse(before) }),
    };
    const ids = await this.#rejected.ids(filter, this.signal);
    if (!isTheirs) return ids;
    const found: string[] = [];
    for (const id of ids) {
      this.signal.throwIfAborted();
      if ((await this.#webhooksIn(id)).some(isTheirs)) found.push(id);
    }
    return found;
  }

  async #webhooksIn(rejectedId: string): Promise<readonly Admitted[]> {
    const rejected = await this.#rejected.read(rejectedId);
    const configured = rejected && providerNamed(rejected.provider, this.inbox.outputs);
    if (!configured) return [];
    const provider = providerOf(configured);
    const { requestId, request } = rejected;
    const signed = asProviderKnowsIt({ ...request, requestId, pathProvider: provider.name }, provider);
    const payload = readPayload(provider.scheme, signed);
    const { whole, events } = admittedEvents(signed, provider, payload, undefined);
    return [whole, ...events];
  }
}

function ofPayload(provider: string, { key, receivedAt }: ListedPayload): Erasable {
  const id = idInKey(key) ?? key;
  const when = new Date(receivedAt).toISOString();
  return { provider, key, id, receivedAt: when, lastReplay: 0, open: false, deadLettered: false };
}

/**
 * Returns the message groups that a name can mean: the group of this name, and of each provider the group of this value
 * of the ordering key.
 */
function groupsOf(group: string, providers: readonly string[]): readonly string[] {
  return [group, ...providers.map((provider) => messageGroup(provider, group))];
}
