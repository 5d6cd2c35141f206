import type { HeldDelivery, PausePorts } from "../../functions/domain/pause";
import { numbered } from "./numbered";

export interface HeldStore {
  readonly held: PausePorts["held"];
  /** Groups of the provider with held messages. */
  groups(provider: string): Promise<readonly string[]>;
}

/** Tests the messages that are held for the groups of a paused provider. */
export function heldContract(start: () => Promise<HeldStore>): void {
  let store: HeldStore;
  const nextGroup = numbered("acme:");
  let group: string;
  beforeAll(async () => void (store = await start()));
  beforeEach(() => void (group = nextGroup()));

  const message = (id: number): HeldDelivery => ({
    messageId: `m${id}`,
    body: JSON.stringify({ provider: "acme", id: `evt_${id}`, data: "{}" }),
    deduplicationId: `acme:${id}:0`,
    sequence: String(id),
    receivedAt: "2026-01-02T03:04:05.678Z",
  });
  const add = (behind: boolean, ...ids: number[]) =>
    store.held.add({ provider: "acme", group }, ids.map(message), behind);
  const begin = async () => {
    const head = await store.held.begin(group);
    return head && { ids: head.messages.map(({ messageId }) => messageId), begun: head.begun };
  };

  test("comes back in the order in which it was held, ten at a time, until it is done", async () => {
    const ids = Array.from({ length: 12 }, (_, index) => index);
    expect(await add(false, ...ids.slice(0, 10))).toBe(true);
    expect(await add(false, ...ids.slice(10))).toBe(true);
    expect(await store.groups("acme")).toContain(group);
    const head = await store.held.begin(group);
    expect(head?.messages[0]).toEqual({ ...message(0), number: 1 });
    expect(head?.messages.map(({ messageId }) => messageId)).toEqual(ids.slice(0, 10).map((id) => `m${id}`));
    // Leave the third one undone, although the ones behind it are done.
    const done = (head?.messages ?? []).filter(({ number }) => number !== 3);
    await store.held.finish(group, done, 3, 0);
    expect(await begin()).toEqual({ ids: ["m2", "m10", "m11"], begun: 1 });
    expect(await begin()).toMatchObject({ begun: 2 });
    await store.held.finish(group, (await store.held.begin(group))?.messages ?? [], 13, 0);
    expect(await begin()).toBeUndefined();
    expect(await store.groups("acme")).not.toContain(group);
  });

  test("is nothing where nothing is held, and nothing is held behind nothing", async () => {
    expect(await begin()).toBeUndefined();
    expect(await add(true, 1)).toBe(false);
    expect(await begin()).toBeUndefined();
    await add(false, 1);
    expect(await add(true, 2)).toBe(true);
    expect(await begin()).toEqual({ ids: ["m1", "m2"], begun: 1 });
  });
}
