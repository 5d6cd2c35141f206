import { shareConcurrency } from "../../../components/concurrency";
import { runProgram } from "../../support/program";

jest.setTimeout(120_000);

describe("the account's Lambda concurrency", () => {
  test.each([
    ["a new account", 10, 2],
    ["a small one", 50, 12],
    ["a usual one", 1_000, 250],
    ["a large one, up to what an event source mapping takes", 50_000, 1_000],
  ])("by default nothing of it is reserved, and processing takes a quarter: %s", (_, account, most) => {
    expect(shareConcurrency(account, {})).toEqual({
      account,
      ingestReserved: undefined,
      processReserved: undefined,
      processMaximum: most,
    });
  });

  test("a reservation holds the mapping to it: a batch that may not run would use up a receive", () => {
    expect(shareConcurrency(1_000, { processReservedConcurrency: 20 })).toMatchObject({ processMaximum: 20 });
    expect(() =>
      shareConcurrency(1_000, { processReservedConcurrency: 20, processMaximumConcurrency: 21 }),
    ).toThrow("processMaximumConcurrency is 21 and processReservedConcurrency 20");
  });

  test.each([
    [10, 1, "at most 0 can be reserved"],
    [1_000, 901, "at most 900 can be reserved"],
  ])("of %i no %i can be reserved: AWS keeps 100 for other functions", (account, reserved, message) => {
    expect(() => shareConcurrency(account, { ingestReservedConcurrency: reserved })).toThrow(message);
  });

  test("both together may take all that can be reserved, and no more", () => {
    const wanted = { ingestReservedConcurrency: 600, processReservedConcurrency: 300 };
    expect(shareConcurrency(1_000, wanted)).toMatchObject({ ingestReserved: 600, processReserved: 300 });
    expect(() => shareConcurrency(999, wanted)).toThrow("are 900 together");
  });
});

const mapping = "aws:lambda/eventSourceMapping:EventSourceMapping";
const fn = "aws:lambda/function:Function";

describe("the program", () => {
  test("deploys in a new account: no reservation, and two batches at once", async () => {
    const program = await runProgram({}, { concurrency: 10 });
    for (const { inputs } of program.all(fn)) {
      expect(inputs).not.toHaveProperty("reservedConcurrentExecutions");
    }
    expect(program.one(mapping).inputs["scalingConfig"]).toEqual({ maximumConcurrency: 2 });
    expect(program.outputs["lambda_concurrency"]).toMatchObject({ account: 10, processMaximum: 2 });
    expect(
      program.one("aws:cloudwatch/metricAlarm:MetricAlarm", "inbox-observability-account-concurrency").inputs,
    ).toMatchObject({ threshold: 8 });
  });

  test("reserves what the configuration says", async () => {
    const program = await runProgram({
      ingestReservedConcurrency: 400,
      processReservedConcurrency: 100,
      processMaximumConcurrency: 80,
    });
    const reserved = (name: string) =>
      program.one(fn, name).inputs["reservedConcurrentExecutions"] as unknown;
    expect([reserved("inbox-ingest"), reserved("inbox-process"), reserved("inbox-recover")]).toEqual([
      400,
      100,
      undefined,
    ]);
    expect(program.one(mapping).inputs["scalingConfig"]).toEqual({ maximumConcurrency: 80 });
  });

  test("deploys also where who deploys may not read quotas, and says what it took the account for", async () => {
    const warn = jest.spyOn(console, "warn").mockImplementation();
    try {
      const program = await runProgram({}, { concurrency: undefined });
      expect(program.one(mapping).inputs["scalingConfig"]).toEqual({ maximumConcurrency: 250 });
      expect(warn.mock.calls.flat().join()).toMatch(/could not be read.*taken for 1000/s);
    } finally {
      warn.mockRestore();
    }
  });
});
