import { resumeMessage } from "../../functions/domain/pause";
import { resumeDeduplicationId } from "../../functions/domain/webhook";
import { Calls } from "../simulation/calls";
import { Clock } from "../simulation/clock";
import { Consumer } from "../simulation/consumer";
import { DeadLetterQueue, moved, sent } from "../simulation/dead-letters";
import { DeliveryStates } from "../simulation/deliveries";
import { Held } from "../simulation/held";
import { Pauses } from "../simulation/pauses";
import { Payloads } from "../simulation/payloads";
import { FifoQueue } from "../simulation/queue";
import { secrets } from "../simulation/secrets";
import { Table } from "../simulation/table";
import { Workflow } from "../simulation/workflow";
import { Quarantine } from "../support/quarantine";
import { Lease } from "../support/reconcile/lease";
import { consumerContract } from "./consumer.contract";
import { deliveriesContract } from "./deliveries.contract";
import { heldContract } from "./held.contract";
import { leaseContract } from "./lease.contract";
import { pausesContract } from "./pauses.contract";
import { payloadsContract } from "./payloads.contract";
import { quarantineContract } from "./quarantine.contract";
import { MAX_RECEIVE_COUNT, queuesContract, VISIBILITY_SECONDS } from "./queues.contract";
import { recordsContract } from "./records.contract";
import { secretsContract } from "./secrets.contract";
import { workflowContract } from "./workflow.contract";

/* Holds the fakes of the simulation and of the tests to what the adapters do on the emulator: `emulator.test.ts`. */

const MAX_EVENTS = 1_000;

/** Advances the clock. */
async function pass(clock: Clock, milliseconds: number): Promise<void> {
  clock.after(milliseconds, () => {});
  await clock.run(MAX_EVENTS);
}

describe("the records", () =>
  recordsContract(async () => {
    const table = new Table(new Clock());
    return {
      claim: async (claim) => table.claim(claim),
      recordFailure: async (webhook, _, transient) => table.recordFailure(webhook, transient),
      recordDeadLettered: async (webhook) => table.recordDeadLettered(webhook),
      noteRedrive: async (webhook, messageId) => table.noteRedrive(webhook, messageId),
      put: async ({ pk, ...record }) => void table.items.set(pk, record),
      read: async (pk) => table.items.get(pk),
    };
  }));

describe("the raw payloads", () =>
  payloadsContract(async () => {
    const payloads = new Payloads();
    return {
      put: async (payload) => payloads.put(payload),
      remove: async (key) => payloads.remove(key),
      get: async (key) => payloads.get(key),
    };
  }));

describe("what is held", () =>
  heldContract(async () => {
    const held = new Held();
    return {
      held: {
        add: async ({ group }, messages, behind) => held.add(group, messages, behind),
        begin: async (group) => held.begin(group),
        finish: async (group, done, from, begun) => held.finish(group, done, from, begun),
      },
      groups: async () => held.groups(),
    };
  }));

describe("the pauses", () =>
  pausesContract(async () => {
    const pauses = new Pauses();
    return {
      processor: { read: async () => pauses.states() },
      recovery: {
        read: async () => pauses.read(),
        write: async (provider, pause, resumedAt) => pauses.write(provider, pause, { resumedAt }),
      },
      write: async (provider, pause) => pauses.write(provider, pause),
    };
  }));

describe("the quarantine", () =>
  quarantineContract(async () => {
    const quarantine = new Quarantine();
    return {
      keep: async (rejected) => quarantine.keep(rejected),
      read: async (id) => quarantine.read(id),
      ids: async (provider) => quarantine.ids(provider),
    };
  }));

describe("the deliveries", () =>
  deliveriesContract(async () => {
    const states = new DeliveryStates();
    return {
      read: async (message) => states.read(message),
      write: async (message, state) => states.write(message, state),
    };
  }));

describe("the lease", () =>
  leaseContract(async () => {
    const lease = new Lease();
    return (now) => lease.ofRun(now);
  }));

describe("the queues", () =>
  queuesContract(async () => {
    const clock = new Clock();
    const deadLetters = new DeadLetterQueue(clock);
    const queue = new FifoQueue(clock, () => 0, {
      visibilityTimeoutMs: VISIBILITY_SECONDS * 1_000,
      maxReceiveCount: MAX_RECEIVE_COUNT,
      onRedrive: (message) => void deadLetters.add(moved(message)),
      onVisibleIn: () => {},
    });
    return {
      ingest: { send: async (message) => queue.send(message) },
      group: {
        retryAfter: async (messages, seconds) =>
          messages.forEach((message) => queue.changeVisibility(message, seconds)),
      },
      processor: { send: async (message, failure) => void deadLetters.add(sent(message, failure)) },
      recover: {
        queue: { redrive: async (deadLetter) => queue.redrive(deadLetter) },
        deadLetters: {
          count: async () => deadLetters.count(),
          isRead: async () => false,
          read: async function* () {
            yield* deadLetters.read();
          },
          remove: async (deadLetter) => deadLetters.remove(deadLetter),
        },
      },
      wake: async (provider, group, at) =>
        queue.wake(resumeMessage(provider), group, resumeDeduplicationId(group, at)),
      receive: async () => queue.receive(10),
      next: async () => {
        for (;;) {
          const received = queue.receive(10);
          if (received.length > 0) return received;
          await pass(clock, 100);
        }
      },
      delete: async (message) => queue.delete(message),
    };
  }));

describe("the workflow", () =>
  workflowContract(async () => {
    const clock = new Clock();
    const table = new Table(clock);
    const calls = new Calls(clock, { webhooks: [], faults: [], latencies: [20], patience: 1 });
    const workflow = new Workflow(clock, calls, table, new Payloads());
    let seen = 0;
    return {
      run: async (items) => {
        const run = workflow.execute(items);
        await clock.run(MAX_EVENTS);
        return run;
      },
      published: async () => {
        const ids = workflow.publications.slice(seen).map(({ id }) => id);
        seen += ids.length;
        return ids;
      },
      put: async ({ pk, ...record }) => void table.items.set(pk, record),
      read: async (pk) => table.items.get(pk),
    };
  }));

describe("the breaker", () =>
  consumerContract(async () => {
    const clock = new Clock();
    const consumer = new Consumer(clock, () => {});
    return {
      consumer: {
        state: async () => consumer.state(),
        rehearse: async () => {},
        pause: async (since) => consumer.pause(since),
        resume: async () => consumer.resume(),
      },
      waitUntil: async (reads) => {
        while (consumer.reads !== reads) await pass(clock, 1_000);
      },
    };
  }));

describe("the secrets", () => secretsContract(async () => secrets));
