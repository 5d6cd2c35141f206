import type { ConsumerHistory } from "./deliveries";
import type { Rule } from "./rules";

const each = (
  consumers: readonly ConsumerHistory[],
  of: (consumer: ConsumerHistory, name: string) => readonly string[],
) =>
  consumers.flatMap((consumer, index) =>
    of(consumer, `consumer ${index}, which ${consumer.planned.answers}`),
  );

/**
 * Every published event has been taken by each consumer, or is in its dead-letter queue if it rejects events, or is
 * noted as undelivered if its queue was gone. Messages that wait in a queue when it is deleted are lost with it.
 */
export const consumersLoseNothing: Rule = ({ publications, consumers }) =>
  each(consumers, ({ planned, handled, deadLetters, undelivered, messages }, name) => {
    const ended = new Set([...handled.map(({ id }) => id), ...deadLetters, ...undelivered]);
    const removed = planned.removedAt !== undefined;
    const waiting = new Set(messages.filter(({ left }) => !left).map(({ id }) => id));
    const published = [...new Set(publications.map(({ id }) => id))];
    return [
      ...published
        .filter((id) => !ended.has(id) && !(removed && waiting.has(id)))
        .map((id) => `${id} is lost at ${name}`),
      ...(removed ? [] : [...waiting].map((id) => `${id} still waits at ${name}`)),
      ...deadLetters
        .filter(() => planned.answers !== "rejects")
        .map((id) => `${id} is healthy and dead-lettered at ${name}`),
      ...[...undelivered].filter(() => !removed).map((id) => `${id} is undelivered at ${name}`),
    ];
  });

/** A consumer takes the events of a group in the order in which the inbox's queue took them; dead letters lose their place. */
export const inOrderAtConsumers: Rule = ({ messages, deadLetters, consumers }) => {
  const lostTheirPlace = new Set(deadLetters.map(({ id }) => id));
  const places = new Map<string, { readonly group: string; readonly sequence: number }>();
  for (const { id, group, sequence } of messages) if (!places.has(id)) places.set(id, { group, sequence });
  return each(consumers, ({ handled }, name) => {
    const last = new Map<string, number>();
    return [...new Set(handled.map(({ id }) => id))].flatMap((id) => {
      const place = places.get(id);
      if (!place || lostTheirPlace.has(id)) return [];
      const { group, sequence } = place;
      if (sequence < (last.get(group) ?? 0)) return [`${id} came late at ${name}`];
      last.set(group, sequence);
      return [];
    });
  });
};

/**
 * A consumer takes an event once for each message about it, and again only if the result of a delivery was not written.
 */
export const onceAtConsumers: Rule = ({ consumers, hits }) =>
  each(consumers, ({ handled, messages }, name) =>
    [...new Set(handled.map(({ id }) => id))].flatMap((id) => {
      const times = handled.filter((one) => one.id === id).length;
      const sent = messages.filter((message) => message.id === id).length;
      const unwritten = hits.filter((hit) => hit.call === "deliveries.write" && hit.ids.includes(id)).length;
      return times > sent + unwritten ? [`${id} was taken ${times} times at ${name}`] : [];
    }),
  );
