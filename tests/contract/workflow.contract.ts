import type { GroupPorts } from "../../functions/domain/group-ports";
import type { StoredRecord } from "../../functions/domain/record";
import { item } from "../support/workflow";

export interface WorkflowUnderTest extends Pick<GroupPorts["workflow"], "run"> {
  /** Ids of the events on the bus since the last call. */
  published(): Promise<readonly string[]>;
  put(record: Partial<StoredRecord> & Pick<StoredRecord, "pk">): Promise<void>;
  read(pk: string): Promise<Partial<StoredRecord> | undefined>;
}

/** Expressions in JSONata that do what the payloads of the simulation say. */
export const EXPRESSIONS = {
  filter: "data.kind != 'filtered'",
  transform: "data.kind = 'breaks-transform' ? $error('The transform failed.') : data",
};

/** Tests the workflow as the processor starts it. */
export function workflowContract(start: () => Promise<WorkflowUnderTest>): void {
  let workflow: WorkflowUnderTest;
  let count = 0;
  beforeAll(async () => void (workflow = await start()));

  /** Returns a webhook with a new id at each call. */
  const webhook = (kind = "plain") => {
    count += 1;
    return item({ id: `w${count}`, data: JSON.stringify({ kind }) });
  };
  const run = async (...items: ReturnType<typeof webhook>[]) => {
    const answer = await workflow.run(items);
    if (answer.status !== "succeeded") throw new Error(answer.error.message);
    return answer.outcomes;
  };

  test("publishes a batch in its order and records it", async () => {
    const batch = [webhook(), webhook(), webhook()];
    expect(await run(...batch)).toEqual(batch.map(() => ({ status: "published" })));
    expect(await workflow.published()).toEqual(batch.map(({ id }) => id));
    for (const { recordKey } of batch)
      expect(await workflow.read(recordKey)).toMatchObject({ status: "published", doneReplay: 0, replay: 0 });
  });

  test("publishes nothing twice, unless the record has expired", async () => {
    const one = webhook();
    const pk = one.recordKey;
    await run(one);
    await workflow.published();
    expect(await run(one)).toEqual([{ status: "duplicate" }]);
    expect(await workflow.published()).toEqual([]);
    await workflow.put({ pk, status: "published", doneReplay: 0, expiresAt: 1 });
    expect(await run(one)).toEqual([{ status: "published" }]);
    expect(await workflow.published()).toEqual([one.id]);
  });

  test("publishes a replay, and after it no late message of the original", async () => {
    const original = webhook();
    const replay = { ...original, replay: 1 };
    expect(await run(replay)).toEqual([{ status: "published" }]);
    expect(await run(original)).toEqual([{ status: "duplicate" }]);
    expect(await workflow.published()).toEqual([original.id]);
  });

  test("records what a filter leaves out, and publishes what is behind it", async () => {
    const [left, behind] = [webhook("filtered"), webhook()];
    expect(await run(left, behind)).toEqual([{ status: "filtered" }, { status: "published" }]);
    expect(await workflow.published()).toEqual([behind.id]);
    expect(await workflow.read(left.recordKey)).toMatchObject({ status: "filtered", doneReplay: 0 });
  });

  test("holds what is behind one that failed, and counts its failures", async () => {
    const [before, poison, behind] = [webhook(), webhook("breaks-transform"), webhook()];
    const failed = (attempts: number) => ({ status: "failed", transient: false, attempts });
    expect(await run(before, poison, behind)).toMatchObject([
      { status: "published" },
      failed(1),
      { status: "held" },
    ]);
    expect(await run(poison, behind)).toMatchObject([failed(2), { status: "held" }]);
    expect(await workflow.published()).toEqual([before.id]);
    expect(await workflow.read(poison.recordKey)).toMatchObject({ status: "failed", failures: 2 });
    expect(await workflow.read(behind.recordKey)).toBeUndefined();
  });

  test("publishes by reference what is too large to travel inline, whatever it says", async () => {
    const { data, ...large } = webhook("filtered");
    expect(data).toBeDefined();
    expect(await run(large)).toEqual([{ status: "published" }]);
    expect(await workflow.published()).toEqual([large.id]);
  });
}
