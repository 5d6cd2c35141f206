import { erase, type ErasePorts } from "../../../../inbox/operations/erase";
import type { Erasable } from "../../../../inbox/records/tombstone";
import type { StoredErasure } from "../../../../functions/domain/record";

const webhook = (key: string, over: Partial<Erasable> = {}): Erasable => ({
  provider: "acme",
  key,
  id: key,
  receivedAt: "2026-01-02T03:04:05Z",
  lastReplay: 0,
  open: false,
  deadLettered: false,
  ...over,
});

/** A table, a bucket and queues in memory; the call with this number breaks. */
function world(webhooks: readonly Erasable[], dieAt = Infinity) {
  const records = new Map(webhooks.map(({ key }) => [key, "whole"]));
  const payloads = new Set(webhooks.map(({ key }) => key));
  const deadLetters = new Set(webhooks.map(({ key }) => key));
  const quarantined = new Set(["acme/1"]);
  const audit = new Map<string, StoredErasure>();
  const calls: string[] = [];
  const call = async <T>(name: string, effect: () => T): Promise<T> => {
    await Promise.resolve();
    if (calls.length === dieAt) {
      dieAt = Infinity;
      throw new Error(`${name} died`);
    }
    calls.push(name);
    return effect();
  };
  const ports: ErasePorts = {
    note: (erasure) => call("note", () => void audit.set(erasure.pk, erasure)),
    close: ({ key }) => call("close", () => void records.set(key, "closed")),
    removeDeadLetters: (all) =>
      call("dead letters", () => all.filter(({ key }) => deadLetters.delete(key)).length),
    removeQuarantined: (id) => call("quarantine", () => Number(quarantined.delete(id))),
    settle: () => call("settle", () => undefined),
    removeDeliveries: () => call("deliveries", () => undefined),
    removePayloads: ({ key }) => call("payloads", () => Number(payloads.delete(key))),
    bury: ({ key }) => call("bury", () => void records.set(key, "tombstone")),
    removeGroup: () => call("group", () => undefined),
  };
  return {
    calls,
    audit: () => [...audit.values()],
    left: () => ({ records: [...records.values()], payloads, deadLetters, quarantined }),
    /** The command with its selection: by what the records still hold. */
    run: () =>
      erase(
        {
          webhooks: webhooks.filter(({ key }) => records.get(key) !== "tombstone"),
          quarantined: [...quarantined],
          groups: ["acme:ada"],
          by: "ops",
          reason: "asked for",
          signal: new AbortController().signal,
          onErased: () => undefined,
        },
        ports,
      ),
  };
}

const TWO = [webhook("evt_1"), webhook("evt_2")];
const NOTHING_LEFT = {
  records: ["tombstone", "tombstone"],
  payloads: new Set(),
  deadLetters: new Set(),
  quarantined: new Set(),
};

test("every record is closed before anything is removed, and a tombstone is the last of a webhook", async () => {
  const { run, calls, left } = world([webhook("evt_1")]);
  await run();
  const order = [
    "note",
    "close",
    "dead letters",
    "quarantine",
    "deliveries",
    "payloads",
    "bury",
    "group",
    "note",
  ];
  expect(calls).toEqual(order);
  expect(left().records).toEqual(["tombstone"]);
});

test("what the inbox may still be working on is waited for before payloads are removed, and nothing else is", async () => {
  const { run, calls } = world([webhook("evt_1"), webhook("evt_2", { open: true })]);
  await run();
  expect(calls.filter((name) => name === "settle")).toHaveLength(1);
  expect(calls.indexOf("settle")).toBeGreaterThan(calls.lastIndexOf("close"));
  expect(calls.indexOf("settle")).toBeLessThan(calls.indexOf("payloads"));
  const quiet = world(TWO);
  await quiet.run();
  expect(quiet.calls).not.toContain("settle");
});

test("the audit says who, when, why and how many, from before the first removal on, and not what", async () => {
  const { run, audit } = world(TWO);
  await run();
  const [entry] = audit();
  expect(entry).toMatchObject({ by: "ops", reason: "asked for", webhooks: 2, objects: 2, deadLetters: 2 });
  expect(JSON.stringify(entry)).not.toContain("evt_1");
  const died = world(TWO, 1);
  await expect(died.run()).rejects.toThrow("close died");
  expect(died.audit()).toMatchObject([{ by: "ops", webhooks: 2 }]);
  expect(died.audit()[0]).not.toHaveProperty("finishedAt");
});

test("an erasure that dies at any call is finished by the same command", async () => {
  const whole = world(TWO);
  await whole.run();
  expect(whole.left()).toEqual(NOTHING_LEFT);
  for (let dieAt = 0; dieAt < whole.calls.length; dieAt += 1) {
    const { run, left } = world(TWO, dieAt);
    await expect(run()).rejects.toThrow("died");
    await run();
    expect(left()).toEqual(NOTHING_LEFT);
  }
});
