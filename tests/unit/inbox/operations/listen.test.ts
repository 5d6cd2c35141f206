import { Follower, followFromNow } from "../../../../inbox/operations/follow";
import type { Forwarded } from "../../../../inbox/operations/forward";
import { Listening, type Cursor, type ListenOptions } from "../../../../inbox/operations/listen";
import type { Arrival } from "../../../../inbox/records/arrivals";
import type { WebhookRecord } from "../../../../inbox/records/record";

const NOON = Date.UTC(2026, 0, 2, 12);
const signal = new AbortController().signal;

/** An inbox, a clock, and a handler that does not accept some of them. */
function world() {
  let now = NOON;
  const arrivals: Arrival[] = [];
  const records = new Map<string, WebhookRecord>();
  const notAccepted = new Set<string>();
  const impossible = new Set<string>();
  const calls: string[] = [];
  const skipped: number[] = [];
  const saved: { cursor?: Cursor } = {};

  const ports = {
    now: () => now,
    arrivals: async (since: number) => arrivals.filter(({ receivedAt }) => Date.parse(receivedAt) >= since),
  };
  const receive = (id: string, group = "p", provider = "p") => {
    const key = `${provider}#${id}`;
    const receivedAt = new Date((now += 1)).toISOString();
    arrivals.push({ key, receivedAt });
    records.set(key, { provider, id, key: id, type: "t", group, receivedAt } as WebhookRecord);
  };
  const listening = (over: Partial<ListenOptions> = {}, cursor?: Cursor, started?: Follower) => {
    const options = { hold: false, maxBacklog: 1_000, ...over };
    const follower = started ?? new Follower(ports, cursor ? Date.parse(cursor.from) : NOON, cursor?.done);
    const forward = async ({ id }: WebhookRecord): Promise<Forwarded> => {
      calls.push(id);
      if (impossible.has(id)) return { accepted: false, final: true, ms: 0 };
      return notAccepted.has(id)
        ? { accepted: false, status: 500, ms: 1 }
        : { accepted: true, status: 200, ms: 1 };
    };
    return new Listening(follower, options, {
      records: async (keys) => new Map([...records].filter(([key]) => keys.includes(key))),
      matches: async ({ provider }) => provider !== "other",
      forward,
      onDelivered: () => undefined,
      onSkipped: (number) => void skipped.push(number),
      save: (reached) => void (saved.cursor = reached),
      now: () => now,
    });
  };
  return {
    ports,
    receive,
    listening,
    notAccepted,
    impossible,
    records,
    skipped,
    saved,
    pass: (ms: number) => void (now += ms),
    /** What the handler was called with since the last time. */
    called: () => calls.splice(0),
  };
}

test("webhooks are delivered in order, each once, and those that do not match are not", async () => {
  const of = world();
  const listening = of.listening();
  of.receive("a");
  of.receive("x", "other", "other");
  of.receive("b");
  await listening.turn(signal);
  of.receive("c");
  await listening.turn(signal);
  await listening.turn(signal);
  expect(of.called()).toEqual(["a", "b", "c"]);
});

test("one whose record does not show yet is delivered when it does, and is given up after half a minute", async () => {
  const of = world();
  const listening = of.listening();
  of.receive("a");
  const record = of.records.get("p#a") as WebhookRecord;
  of.records.delete("p#a");
  await listening.turn(signal);
  of.records.set("p#a", record);
  await listening.turn(signal);
  expect(of.called()).toEqual(["a"]);
  of.receive("gone");
  of.records.delete("p#gone");
  await listening.turn(signal);
  of.pass(31_000);
  await listening.turn(signal);
  expect(of.saved.cursor?.done.map(({ key }) => key)).toContain("p#gone");
});

test("without --resume one that is not accepted is left, and goes out again on demand", async () => {
  const of = world();
  const listening = of.listening();
  of.notAccepted.add("a");
  of.receive("a");
  await listening.turn(signal);
  await listening.turn(signal);
  expect(of.called()).toEqual(["a"]);
  await listening.again();
  expect(of.called()).toEqual(["a"]);
  of.receive("b");
  await listening.turn(signal);
  expect(of.called()).toEqual(["b"]);
});

/** Two groups, the first webhook of one of which is not accepted. */
function holding() {
  const of = world();
  of.notAccepted.add("a1");
  of.receive("a1", "a");
  of.receive("a2", "a");
  of.receive("b1", "b");
  return of;
}

describe("with --resume", () => {
  test("one that is not accepted holds its group, not the others, and is tried again after a while", async () => {
    const of = holding();
    const listening = of.listening({ hold: true });
    await listening.turn(signal);
    await listening.turn(signal);
    expect(of.called()).toEqual(["a1", "b1"]);
    of.pass(1_001);
    await listening.turn(signal);
    expect(of.called()).toEqual(["a1"]);
    of.notAccepted.clear();
    of.pass(2_001);
    await listening.turn(signal);
    expect(of.called()).toEqual(["a1", "a2"]);
  });

  test("the key r tries it at once", async () => {
    const of = world();
    const listening = of.listening({ hold: true });
    of.notAccepted.add("a");
    of.receive("a");
    await listening.turn(signal);
    of.notAccepted.clear();
    await listening.again();
    await listening.turn(signal);
    expect(of.called()).toEqual(["a", "a"]);
  });

  test("it goes on with what was not accepted and what came since, and with nothing else", async () => {
    const of = holding();
    const first = of.listening({ hold: true });
    await first.turn(signal);
    // Hours later the mark still is before what was not accepted.
    for (let hour = 0; hour < 5; hour += 1) {
      of.pass(3_600_000);
      of.receive(`b-hour-${hour}`, "b");
      await first.turn(signal);
    }
    of.called();
    of.notAccepted.clear();
    of.receive("b2", "b");
    await of.listening({ hold: true }, of.saved.cursor).turn(signal);
    expect(of.called()).toEqual(["a1", "a2", "b2"]);
  });

  test("what was received before the first start is not delivered at the second", async () => {
    const of = world();
    of.receive("before");
    await of.listening({ hold: true }, undefined, await followFromNow(of.ports)).turn(signal);
    of.receive("after");
    await of.listening({ hold: true }, of.saved.cursor).turn(signal);
    expect(of.called()).toEqual(["after"]);
  });

  test("a webhook that has no original form holds nobody", async () => {
    const of = world();
    const listening = of.listening({ hold: true });
    of.impossible.add("a");
    of.receive("a");
    of.receive("b");
    await listening.turn(signal);
    await listening.turn(signal);
    expect(of.called()).toEqual(["a", "b"]);
  });
});

test("of a backlog the newest are delivered, and it is said how many are not", async () => {
  const of = world();
  for (const id of ["a", "b", "c", "d"]) of.receive(id);
  const listening = of.listening({ maxBacklog: 2 });
  await listening.turn(signal);
  expect([of.called(), of.skipped]).toEqual([["c", "d"], [2]]);
  for (const id of ["e", "f", "g"]) of.receive(id);
  await listening.turn(signal);
  expect([of.called(), of.skipped]).toEqual([["e", "f", "g"], [2]]);
});
