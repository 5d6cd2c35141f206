import type { Hit } from "./calls";
import type { StoredMessage } from "./queue";
import { consumersLoseNothing, inOrderAtConsumers, onceAtConsumers } from "./consumer-rules";
import { isPoison, type FaultKind } from "./schedule";
import { PROVIDER } from "./sender";
import type { History } from "./world";

/** Returns how a finished world broke the rules that must always hold; empty if it broke none. */
export function violations(history: History): readonly string[] {
  return [
    neverKilled,
    noLoss,
    durableBeforeAnswered,
    noDuplicate,
    sameEvent,
    queuedInOrder,
    inOrder,
    redrivenOnceInOrder,
    poisonStaysAlone,
    attemptedThreeTimes,
    statusAgrees,
    lostOnlyWhereTheSenderGivesUp,
    consumersLoseNothing,
    inOrderAtConsumers,
    onceAtConsumers,
  ].flatMap((rule) => rule(history).map((violation) => `${rule.name}: ${violation}`));
}

export type Rule = (history: History) => readonly string[];

/** Lambda never ends an invocation of the processor: whatever hangs, the processor answers in time. */
const neverKilled: Rule = ({ hits }) =>
  hits
    .filter(({ call }) => call === "process.deadline")
    .map(({ ids }) => `the invocation with ${ids.join()} did not answer in time`);

/**
 * Every webhook that was answered with 2xx or taken by the queue is published, filtered or in the dead-letter queue.
 */
const noLoss: Rule = ({ webhooks, answers, messages, publications, deadLetters, removed, statuses }) => {
  const remaining = deadLetters.filter(({ receiptHandle }) => !removed.has(receiptHandle));
  const owed = new Set([...answers.map(({ id }) => id), ...messages.map(({ id }) => id)]);
  const ended = new Set([...publications.map(({ id }) => id), ...remaining.map(({ id }) => id)]);
  for (const { id, kind } of webhooks) {
    if (kind === "filtered" && statuses.get(id) === "filtered") ended.add(id);
  }
  return [
    ...[...owed].filter((id) => !ended.has(id)).map((id) => `${id} is neither published nor dead-lettered`),
    ...messages.filter(({ left }) => !left).map(({ messageId }) => `${messageId} is still in the queue`),
  ];
};

/** A 2xx means that payload, record and message are stored. */
const durableBeforeAnswered: Rule = ({ answers }) =>
  answers.flatMap(({ id, status, durable }) =>
    Object.entries(durable)
      .filter(([, there]) => !there)
      .map(([what]) => `${id} was answered ${status} without its ${what}`),
  );

/**
 * Faults after which it is unknown whether a webhook was published, or that prevent its publication from being
 * recorded.
 */
const UNCERTAIN: Readonly<Partial<Record<Hit["call"], readonly FaultKind[]>>> = {
  "workflow.publish": ["times-out", "repeats", "dies-after"],
  "workflow.record": ["fails", "hangs", "partial", "dies"],
  "workflow.deadline": ["dies-after"],
  "workflow.start": ["repeats"],
};

/** A webhook is published once, unless a fault came between publishing it and recording that. */
const noDuplicate: Rule = ({ webhooks, publications, hits }) =>
  webhooks.flatMap(({ id }) => {
    const steps = publications.filter((one) => one.id === id).map(({ step }) => step);
    const uncertain = hits.filter(
      (hit) => hit.ids.includes(id) && UNCERTAIN[hit.call]?.includes(hit.kind) === true,
    );
    return steps.slice(1).flatMap((step, index) => {
      const before = steps[index]!;
      const excused = uncertain.some(
        (hit) => hit.step < step && (hit.step > before || hit.call === "workflow.start"),
      );
      return excused ? [] : [`${id} was published at ${before} and again at ${step}`];
    });
  });

/** Every publication has the id, source and type of the event that was sent, and a payload that exists. */
const sameEvent: Rule = ({ webhooks, publications }) => {
  const kinds = new Map(webhooks.map(({ id, kind }) => [id, kind]));
  return publications.flatMap(({ id, source, detailType, resolvable, dataref }) => {
    const kind = kinds.get(id);
    return [
      ...(kind === undefined ? [`${id} was never sent`] : []),
      ...(kind === "filtered" || (kind && isPoison(kind)) ? [`${id} was published though it ${kind}`] : []),
      ...(source === `webhook.${PROVIDER}` ? [] : [`${id} has the source ${source}`]),
      ...(detailType === "thing.made" ? [] : [`${id} has the type ${detailType}`]),
      ...(resolvable ? [] : [`${id} refers to ${dataref}, which is not there`]),
      ...((kind === "large") === (dataref !== undefined) ? [] : [`${id} (${kind}) refers to ${dataref}`]),
    ];
  });
};

/** The queue takes the events of a request that are in one group in the order of the request. */
const queuedInOrder: Rule = ({ webhooks, messages }) => {
  const first = new Map<string, number>();
  for (const { id, sequence } of messages) if (!first.has(id)) first.set(id, sequence);
  return webhooks.flatMap((later) =>
    webhooks
      .filter(({ sending, group }) => sending === later.sending && group === later.group)
      .filter(({ position }) => position < later.position)
      .filter(({ id }) => (first.get(id) ?? Infinity) > (first.get(later.id) ?? Infinity))
      .map(({ id }) => `${later.id} was queued before ${id}, which is before it in their request`),
  );
};

function stuckPoison({ webhooks, hits }: Pick<History, "webhooks" | "hits">): ReadonlySet<string> {
  const sendFailed = new Set(
    hits.filter(({ call }) => call === "deadLetters.send").flatMap(({ ids }) => ids),
  );
  return new Set(webhooks.filter(({ id, kind }) => isPoison(kind) && sendFailed.has(id)).map(({ id }) => id));
}

/**
 * When a webhook is published for the first time, every earlier webhook in its group's queue has been published or is
 * in the dead-letter queue. Filtered webhooks have no place in the order. A webhook that the bus rejected while it took
 * the ones behind it follows later (docs/design.md).
 */
const inOrder: Rule = ({ webhooks, messages, publications, deadLetters, rejected, held, hits }) => {
  // Skip poison webhooks that could not be dead-lettered at the last receive: the redrive moves them, and those behind
  // go on.
  const stuck = stuckPoison({ webhooks, hits });
  const first = new Map<string, number>();
  for (const { id, step } of publications) if (!first.has(id)) first.set(id, step);
  const filtered = new Set(webhooks.filter(({ kind }) => kind === "filtered").map(({ id }) => id));
  // Dead-lettering a webhook decides all its messages that the queue had by then: they are done, or attempted again.
  // The queue's own redrive moves one message, and leaves the webhook's other messages where they are.
  const waitsAt = ({ id, messageId, takenStep }: StoredMessage, step: number) =>
    !deadLetters.some(
      (deadLetter) =>
        deadLetter.step < step &&
        (deadLetter.messageId === messageId ||
          (deadLetter.how === "dead-lettered" && deadLetter.id === id && deadLetter.step > takenStep)),
    );

  return [...first].flatMap(([id, step]) => {
    // A held webhook keeps its place, even if its message was not deleted and the queue moved it in the end.
    const own = messages.find((message) => message.id === id && (held.has(id) || waitsAt(message, step)));
    if (!own) return [];
    return messages
      .filter((earlier) => earlier.group === own.group && earlier.sequence < own.sequence)
      .filter(({ id: other }) => !filtered.has(other) && !rejected.has(other) && !stuck.has(other))
      .filter((earlier) => waitsAt(earlier, step) && (first.get(earlier.id) ?? Infinity) > step)
      .map((earlier) => `${id} was published before ${earlier.id}, which the queue took first`);
  });
};

/**
 * The recovery redrives each dead letter of SQS once, and those of a group in the order in which the queue first took
 * them. A dead letter that could not be deleted is redriven again, if nothing ran for longer than SQS remembers its
 * deduplication id; the second copy is a duplicate for the workflow.
 */
const redrivenOnceInOrder: Rule = ({ messages, hits }) => {
  const notRemoved = new Set(
    hits
      .filter(({ call }) => call === "deadLetters.remove" || call === "queue.redrive")
      .flatMap(({ ids }) => ids),
  );
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const redriven = messages.filter((message) => message.redriven);
  const originOf = ({ deduplicationId }: StoredMessage) => byId.get(deduplicationId.replace("redrive:", ""));
  return redriven.flatMap((message, index) => {
    const origin = originOf(message);
    const later = redriven
      .slice(0, index)
      .filter((other) => other.group === message.group)
      .map(originOf);
    return [
      ...(origin ? [] : [`${message.messageId} has no dead letter`]),
      ...(origin?.redriven ? [`${message.id} was redriven a second time`] : []),
      // Compare dead letters of one scan only: one that was dead-lettered after an earlier scan belongs behind that
      // scan's.
      ...later
        .filter((other) => other && origin && other.left && origin.left && other.left.step > origin.left.step)
        .map((other) => `${message.id} was redriven behind ${other?.id}, which was dead-lettered after it`),
      ...later
        .filter((other) => other === origin && !notRemoved.has(message.id))
        .map(() => `${message.id} was queued twice for one dead letter`),
    ];
  });
};

/**
 * The function itself dead-letters poison webhooks, and no others. The queue's own redrive moves messages whose last
 * delivery crashed, or was outlasted by the failure of a service (docs/design.md).
 */
const poisonStaysAlone: Rule = ({ webhooks, deadLetters, lostDeliveries, outlastedDeliveries, hits }) => {
  const stuck = stuckPoison({ webhooks, hits });
  const poison = new Set(webhooks.filter(({ kind }) => isPoison(kind)).map(({ id }) => id));
  return deadLetters.flatMap(({ id, messageId, how, errorCode }) => {
    if (how === "dead-lettered") {
      return [
        ...(poison.has(id) ? [] : [`${id} is healthy and was dead-lettered`]),
        ...(errorCode ? [] : [`${id} was dead-lettered without its reason`]),
      ];
    }
    const last = `${messageId}/3`;
    return lostDeliveries.has(last) || outlastedDeliveries.has(last) || stuck.has(id)
      ? []
      : [`${id} was left to the redrive without a crash or an outage`];
  });
};

/** Faults after which one attempt is counted twice, because it is unknown whether it was counted. */
const COUNTED_TWICE: Readonly<Partial<Record<Hit["call"], readonly FaultKind[]>>> = {
  "workflow.record": ["times-out", "repeats", "dies-after"],
  "workflow.deadline": ["dies-after"],
  // An answer that drags is too late if the execution takes longer than the time that its starter has left.
  "workflow.start": ["times-out", "repeats", "drags"],
  "records.recordFailure": ["times-out", "repeats"],
};

/** A dead-lettered webhook had failed three times, unless a hanging call left no time for that. */
const attemptedThreeTimes: Rule = ({ deadLetters, attempts, hits }) =>
  deadLetters
    .filter(({ how, hurried }) => how === "dead-lettered" && !hurried)
    .map(({ id }) => {
      const twice = hits.filter(
        ({ call, kind, ids }) => ids.includes(id) && COUNTED_TWICE[call]?.includes(kind),
      );
      return { id, counted: attempts.get(id) ?? 0, twice: twice.length };
    })
    .filter(({ counted, twice }) => counted + twice < 3)
    .map(({ id, counted }) => `${id} was dead-lettered after ${counted} attempts`);

/** Calls in which a fault, like a crash, can leave a dead-lettered webhook with an older status in the table. */
const DEAD_LETTERING: ReadonlySet<Hit["call"]> = new Set<Hit["call"]>([
  "deadLetters.send",
  "records.recordDeadLettered",
]);

/** The table has the right status for each webhook. */
const statusAgrees: Rule = (history) => {
  const { webhooks, publications, deadLetters, removed, statuses, messages, hits, lostDeliveries } = history;
  const published = new Set(publications.map(({ id }) => id));
  return webhooks.flatMap(({ id, kind }) => {
    const status = statuses.get(id);
    const own = deadLetters.filter(
      (deadLetter) => deadLetter.id === id && !removed.has(deadLetter.receiptHandle),
    );
    const expect = (...allowed: readonly (typeof status)[]) =>
      allowed.includes(status) ? [] : [`${id} is ${status} in the table and not ${allowed.join(" or ")}`];

    // Allow an execution that ran on, while its webhooks were run again, to be the last to write.
    const ranOn = hits.some(
      (hit) => hit.call === "workflow.start" && hit.kind === "repeats" && hit.ids.includes(id),
    );
    const late = ranOn ? (["failed"] as const) : [];
    // Allow `dead_lettered` for a webhook that was published, never recorded, and moved to the dead-letter queue: its
    // publication is unknown.
    const unknown = own.some(({ how }) => how === "redriven") ? (["dead_lettered"] as const) : [];
    if (published.has(id)) return expect("published", ...late, ...unknown);
    if (own.length > 0) {
      const unrecorded =
        hits.some(({ call, ids }) => DEAD_LETTERING.has(call) && ids.includes(id)) ||
        own.some(({ messageId }) => lostDeliveries.has(`${messageId}/3`));
      return expect("dead_lettered", ...(unrecorded ? (["failed"] as const) : late));
    }
    if (kind === "filtered" && messages.some((message) => message.id === id)) return expect("filtered");
    return expect("received", undefined);
  });
};

/** A provider whose calls met no fault is answered with 2xx at once; a provider gives up only after a fault. */
const lostOnlyWhereTheSenderGivesUp: Rule = ({ sendings, webhooks, answers, givenUp, hits }) => {
  const sendingOf = new Map(webhooks.map(({ id, sending }) => [id, sending]));
  const answered = new Set(answers.map(({ id }) => sendingOf.get(id)));
  const hit = new Set(hits.flatMap(({ ids }) => ids.map((id) => sendingOf.get(id))));
  return [
    ...sendings
      .filter((name) => !answered.has(name) && !givenUp.includes(name))
      .map((name) => `${name} was forgotten by its provider`),
    ...givenUp.filter((name) => !hit.has(name)).map((name) => `${name} was rejected though nothing failed`),
  ];
};
