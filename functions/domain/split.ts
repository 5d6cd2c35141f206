import { readElements, type ElementFacts } from "../../providers";
import type { IngestRequest } from "./ingest-request";
import { BY_ENTITY, orderingValue } from "./ordering-key";
import type { PayloadContent } from "./payload";
import type { Provider } from "./provider";
import { eventId, eventType, keyOf, messageGroup, payloadKey } from "./webhook";
import { admittedOf, inlined, type Admitted } from "./webhook-of-request";

/**
 * Most events that a request is split into. The messages of a group are sent one behind the other, some 10 ms each, and
 * providers wait a few seconds for the answer. A request with more travels as one event.
 */
export const MAX_ELEMENTS = 250;

const JSON_TYPE = "application/json";

/** What a verified request is stored as. */
export interface AdmittedRequest {
  /** The request as one event; what the answer and the log name. */
  readonly whole: Admitted;
  /** One for each of its events, in its order; the whole one if it is not split. */
  readonly events: readonly Admitted[];
  /** Why a provider's request that is to be split is not. */
  readonly notSplit?: string;
}

/**
 * Returns the events of a verified request: one, or those that it holds if its provider is configured with `split`.
 * @param signedAt when it was signed, milliseconds since the epoch, where its scheme says so
 */
export function admittedEvents(
  request: IngestRequest,
  provider: Provider,
  payload: PayloadContent,
  signedAt: number | undefined,
): AdmittedRequest {
  const whole = admittedOf(request, provider, payload, signedAt);
  if (!provider.split) return { whole, events: [whole] };
  const elements =
    "text" in payload.data ? readElements(provider.scheme, request, payload.data.text) : undefined;
  if (!elements) return { whole, events: [whole], notSplit: "it holds no list of events" };
  if (elements.length > MAX_ELEMENTS) {
    return {
      whole,
      events: [whole],
      notSplit: `it holds ${elements.length} events, more than ${MAX_ELEMENTS}`,
    };
  }
  const events = elements.map((element, index) => elementOf(whole, provider, element, index));
  // The same event twice in one request is one.
  const first = new Map(events.map((event) => [event.webhook.id, event] as const).reverse());
  return { whole, events: events.filter((event) => first.get(event.webhook.id) === event) };
}

/** One event as if it had come on its own: a payload, an id, a record and a message of its own. */
function elementOf(whole: Admitted, provider: Provider, element: ElementFacts, index: number): Admitted {
  const { name, orderingKey } = provider;
  const body = Buffer.from(element.text);
  const id = eventId(element.id ?? `${keyOf(whole.webhook)}:${index}`);
  const type = eventType(element.type);
  const s3Key = payloadKey(name, id, body);
  const content: PayloadContent = {
    value: element.value,
    data: { text: element.text },
    contentType: JSON_TYPE,
    raw: { contentType: JSON_TYPE },
  };
  const by = orderingKey === BY_ENTITY ? element.entity : orderingValue(element.value, orderingKey);
  return {
    webhook: {
      provider: name,
      id,
      type,
      ...(element.time !== undefined && { time: element.time }),
      ...(element.timeUnsigned && { timeUnsigned: true }),
      contentType: JSON_TYPE,
      size: body.length,
      s3Key,
      replay: 0,
      ...inlined(content, provider),
    },
    raw: {
      key: s3Key,
      body,
      contentType: JSON_TYPE,
      eventId: id,
      eventType: type,
      split: true,
      // Of the whole request.
      headers: whole.raw.headers,
    },
    group: messageGroup(name, by),
  };
}
