import type { PausePorts } from "../../functions/domain/pause";
import type { Pause, ResumePorts } from "../../functions/domain/resume";
import { numbered } from "./numbered";

export interface Pauses {
  readonly processor: PausePorts["pauses"];
  readonly recovery: Pick<ResumePorts["pauses"], "read" | "write">;
  /** Writes a pause as an operator's command does. */
  write(provider: string, pause: Pause): Promise<unknown>;
}

const SINCE = "2026-01-02T03:04:05.000Z";
const RESUMED_AT = "2026-01-02T04:00:00.000Z";
const LATER = "2026-01-02T05:00:00.000Z";
const paused: Pause = { state: "paused", since: SINCE, reason: "a migration" };
const resuming: Pause = { ...paused, state: "resuming", resumedAt: RESUMED_AT };

/** Tests the pauses of providers. */
export function pausesContract(start: () => Promise<Pauses>): void {
  let pauses: Pauses;
  const nextProvider = numbered("acme-");
  let provider: string;
  beforeAll(async () => void (pauses = await start()));
  beforeEach(() => void (provider = nextProvider()));
  const read = async () => (await pauses.recovery.read()).get(provider);

  test("there is none that nobody wrote", async () => {
    expect((await pauses.processor.read()).size).toBe(0);
    expect(await read()).toBeUndefined();
  });

  test("the processor sees its state, and the recovery all of it", async () => {
    await pauses.write(provider, paused);
    await pauses.write(`${provider}-eu`, resuming);
    const states = await pauses.processor.read();
    expect([states.get(provider), states.get(`${provider}-eu`)]).toEqual(["paused", "resuming"]);
    expect(await read()).toEqual(paused);
  });

  test("the recovery notes when it was busy, and ends it", async () => {
    await pauses.write(provider, resuming);
    expect(await pauses.recovery.write(provider, { ...resuming, busyAt: LATER }, RESUMED_AT)).toBe(true);
    expect(await read()).toEqual({ ...resuming, busyAt: LATER });
    expect(await pauses.recovery.write(provider, undefined, RESUMED_AT)).toBe(true);
    expect(await read()).toBeUndefined();
  });

  test.each<[string, Pause]>([
    ["paused again", paused],
    ["paused and resumed again", { ...resuming, resumedAt: LATER }],
  ])("the recovery does not end one that was %s meanwhile", async (_, meanwhile) => {
    await pauses.write(provider, resuming);
    await pauses.write(provider, meanwhile);
    expect(await pauses.recovery.write(provider, undefined, RESUMED_AT)).toBe(false);
    expect(await read()).toEqual(meanwhile);
  });

  test("the recovery does not end one that nobody resumed", async () => {
    await pauses.write(provider, paused);
    expect(await pauses.recovery.write(provider, undefined, undefined)).toBe(false);
    expect(await read()).toEqual(paused);
  });
}
