import type { RecoverPorts } from "../../functions/domain/recover";

export interface ConsumerUnderTest {
  readonly consumer: RecoverPorts["consumer"];
  /** Waits until Lambda reads the queue, or no longer does. */
  waitUntil(reads: boolean): Promise<void>;
}

const SINCE = "2026-01-02T03:04:05.000Z";

/** Tests the event source mapping as the breaker pauses and resumes it. */
export function consumerContract(start: () => Promise<ConsumerUnderTest>): void {
  let under: ConsumerUnderTest;
  beforeAll(async () => void (under = await start()));
  afterEach(() => under.consumer.resume());

  test("runs at first, and a rehearsal changes nothing", async () => {
    expect(await under.consumer.state()).toEqual({});
    await under.consumer.rehearse();
    expect(await under.consumer.state()).toEqual({});
    await under.waitUntil(true);
  });

  test("a pause says since when, and is done when it is repeated", async () => {
    await under.consumer.pause(SINCE);
    await under.consumer.pause(SINCE);
    expect(await under.consumer.state()).toEqual({ pausedSince: SINCE });
    await under.waitUntil(false);
  });

  test("a rehearsal leaves a pause as it is", async () => {
    await under.consumer.pause(SINCE);
    await under.consumer.rehearse();
    expect(await under.consumer.state()).toEqual({ pausedSince: SINCE });
  });

  test("a resume ends it", async () => {
    await under.consumer.pause(SINCE);
    await under.waitUntil(false);
    await under.consumer.resume();
    expect(await under.consumer.state()).toEqual({});
    await under.waitUntil(true);
  });
}
