import { readElements, type ElementFacts } from "../../providers";
import type { IngestRequest } from "./ingest-request";
import { BY_ENTITY, orderingValue } from "./ordering-key";
import type { PayloadContent } from "./payload";
import type { Provider } from "./provider";
import { eventId, eventType, keyOf, messageGroup, payloadKey } from "./webhook";
import { admittedOf, inlined, type Admitted } from "./webhook-of-request";

/**
 * Maximum number of events into which a request is split. The messages of a group are sent one after the other, some 10
 * ms each, and providers wait a few seconds for the answer. A request with more travels as one event.
 */
export const MAX_ELEMENTS = 250;

const JSON_TYPE = "application/json";

/** The events as which a verified request is stored. */
export interface AdmittedRequest {
  /** The request as one event, which the answer and the log name. */
  readonly whole: Admitted;
  /** The events of the request in their order, or the whole request if it is not split. */
  readonly events: readonly Admitted[];
  /** Why the request is not split although its provider is configured with `split`. */
  readonly notSplit?: string;
}

/**
 * Returns the events of a verified request: one, or each that it contains if its provider is configured with `split`.
 * @param signedAt time of the signature, in milliseconds since the epoch, if the scheme signs one
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
  // Keep the first of duplicates within the request.
  const first = new Map(events.map((event) => [event.webhook.id, event] as const).reverse());
  return { whole, events: events.filter((event) => first.get(event.webhook.id) === event) };
}

/** Returns one event as if it had been sent alone, with a payload, an id, a record and a message of its own. */
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
      // Store the headers of the whole request.
      headers: whole.raw.headers,
    },
    group: messageGroup(name, by),
  };
}
