import type { GroupPorts } from "../../functions/domain/group-ports";
import type { IngestPorts } from "../../functions/domain/ingest-ports";
import { ERASED_REPLAY, type StoredRecord } from "../../functions/domain/record";
import type { RecoverPorts } from "../../functions/domain/recover";
import { keyOf, recordKey, type Webhook } from "../../functions/domain/webhook";
import { item } from "../support/workflow";

type RecoveredRecords = RecoverPorts["records"];

export interface Records
  extends
    Pick<IngestPorts["records"], "claim">,
    Pick<GroupPorts["records"], "recordFailure">,
    RecoveredRecords {
  put(record: Partial<StoredRecord> & Pick<StoredRecord, "pk">): Promise<void>;
  read(pk: string): Promise<Partial<StoredRecord> | undefined>;
}

const NOW = Date.parse("2026-01-02T03:04:05Z");
const HOUR = 3_600;
const failure = { error: { code: "E", message: "no" }, attempts: 1 };

/** Tests the records as ingestion, processing and recovery write them. */
export function recordsContract(start: () => Promise<Records>): void {
  let records: Records;
  let count = 0;
  let webhook: Webhook;
  let pk: string;
  beforeAll(async () => void (records = await start()));
  beforeEach(() => {
    count += 1;
    webhook = item({ id: `evt_${count}` });
    pk = recordKey(webhook.provider, keyOf(webhook));
  });

  const claim = (over: Partial<Webhook> = {}) =>
    records.claim({ key: pk, webhook: { ...webhook, ...over }, group: "acme", receivedAt: NOW });
  const seconds = (fromNow: number) => Math.floor(NOW / 1_000) + fromNow;

  describe("a claim", () => {
    test("makes the record of a new webhook", async () => {
      expect(await claim()).toBe("new");
      expect(await records.read(pk)).toMatchObject({ status: "received", attempts: 1, replay: 0 });
    });

    test("of one that is there counts the attempt and keeps its status", async () => {
      await records.put({ pk, status: "published", attempts: 1, doneReplay: 0, expiresAt: seconds(HOUR) });
      expect(await claim()).toBe("duplicate");
      const expiresAt = seconds(HOUR);
      expect(await records.read(pk)).toMatchObject({
        status: "published",
        attempts: 2,
        doneReplay: 0,
        expiresAt,
      });
    });

    test("takes an expired record for none, which DynamoDB removes days later", async () => {
      await records.put({ pk, status: "published", attempts: 5, doneReplay: 0, expiresAt: seconds(0) });
      expect(await claim()).toBe("new");
      const record = await records.read(pk);
      expect(record).toMatchObject({ status: "received", attempts: 1 });
      expect(record?.expiresAt).toBeGreaterThan(seconds(HOUR));
      expect(record?.doneReplay).toBeUndefined();
    });

    test("of an erased one leaves what is left of it", async () => {
      const tombstone = { status: "erased" as const, doneReplay: ERASED_REPLAY, expiresAt: seconds(HOUR) };
      await records.put({ pk, ...tombstone });
      expect(await claim()).toBe("erased");
      const left = { ...(await records.read(pk)), pk };
      expect(left).toEqual({ pk, ...tombstone });
      expect(await records.recordDeadLettered({ ...webhook, replay: 7 }, failure)).toBe(false);
    });

    test("of one that was erased so long ago that the table forgot it makes a new one", async () => {
      await records.put({ pk, status: "erased", doneReplay: ERASED_REPLAY, expiresAt: seconds(0) });
      expect(await claim()).toBe("new");
      expect((await records.read(pk))?.doneReplay).toBeUndefined();
    });

    test("of one that failed before it was claimed leaves the failure", async () => {
      await records.recordFailure(webhook, failure, false);
      expect(await claim()).toBe("duplicate");
      expect(await records.read(pk)).toMatchObject({ status: "failed", failures: 1, attempts: 1 });
    });
  });

  describe("a failure", () => {
    test("is counted, and a service's is not", async () => {
      await claim();
      expect(await records.recordFailure(webhook, failure, true)).toBe(0);
      expect(await records.recordFailure(webhook, failure, false)).toBe(1);
      expect(await records.recordFailure(webhook, failure, false)).toBe(2);
      expect(await records.recordFailure(webhook, failure, true)).toBe(2);
      expect(await records.read(pk)).toMatchObject({ status: "failed", failures: 2 });
    });

    test("leaves what is published as it is, but for a later replay", async () => {
      await records.put({ pk, status: "published", doneReplay: 0 });
      expect(await records.recordFailure(webhook, failure, false)).toBe(1);
      expect(await records.read(pk)).toMatchObject({ status: "published" });
      expect(await records.recordFailure({ ...webhook, replay: 1 }, failure, false)).toBe(1);
      expect(await records.read(pk)).toMatchObject({ status: "failed", failures: 1 });
    });
  });

  describe("dead_lettered", () => {
    test("is recorded, of a webhook without a record too", async () => {
      expect(await records.recordDeadLettered(webhook, failure)).toBe(true);
      expect(await records.read(pk)).toMatchObject({ status: "dead_lettered" });
    });

    test("is not recorded of what is filtered, but of a later replay of it", async () => {
      await records.put({ pk, status: "filtered", doneReplay: 1 });
      expect(await records.recordDeadLettered({ ...webhook, replay: 1 }, failure)).toBe(false);
      expect(await records.read(pk)).toMatchObject({ status: "filtered" });
      expect(await records.recordDeadLettered({ ...webhook, replay: 2 }, failure)).toBe(true);
    });
  });

  describe("a redrive", () => {
    test("is noted once for a dead letter: a later status stays", async () => {
      await records.put({ pk, status: "dead_lettered" });
      expect(await records.noteRedrive(webhook, "m1")).toBe("noted");
      expect(await records.read(pk)).toMatchObject({ status: "received" });
      await records.recordDeadLettered(webhook, failure);
      expect(await records.noteRedrive(webhook, "m1")).toBe("noted");
      expect(await records.read(pk)).toMatchObject({ status: "dead_lettered" });
      expect(await records.noteRedrive(webhook, "m2")).toBe("noted");
      expect(await records.read(pk)).toMatchObject({ status: "received" });
    });

    test("is not noted of a webhook that is through", async () => {
      await records.put({ pk, status: "published", doneReplay: 0, failures: 1 });
      expect(await records.noteRedrive(webhook, "m1")).toBe("through");
      expect(await records.read(pk)).toMatchObject({ status: "published" });
    });

    test("is not noted of a webhook that has failed on its own", async () => {
      await records.put({ pk, status: "failed", failures: 1 });
      expect(await records.noteRedrive(webhook, "m1")).toBe("failed");
      expect(await records.read(pk)).toMatchObject({ status: "failed" });
    });

    test("makes no record of a webhook whose record is gone", async () => {
      expect(await records.noteRedrive(webhook, "m1")).toBe("noted");
      expect(await records.read(pk)).toBeUndefined();
    });
  });
}
