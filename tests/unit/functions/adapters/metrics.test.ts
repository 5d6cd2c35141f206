import { metricsOf } from "../../../../functions/adapters/metrics";
import type { LogLine, ProcessedLine, ReceivedLine } from "../../../../functions/domain/log-line";

const NOW = Date.parse("2026-01-01T00:00:10.000Z");
const RECEIVED = "2026-01-01T00:00:07.500Z";

interface Embedded {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
}
/** Of what a line says, metrics are made of these fields alone. */
type Line =
  | ({ event: "webhook.received" } & Partial<ReceivedLine>)
  | ({ event: "webhook.processed" } & Partial<ProcessedLine>);
function whole(line: Line): LogLine {
  return line.event === "webhook.received"
    ? { requestId: "r-1", receivedAt: RECEIVED, status: 202, bytes: 2, durationMs: 1, ...line }
    : { provider: "stripe", id: "evt_1", replay: 0, receivedAt: RECEIVED, ...line };
}
const metrics = (line: Line) => metricsOf(whole(line), "webhook-inbox-dev", NOW);

test.each<[Line, Record<string, number>]>([
  [{ event: "webhook.received", status: 202, outcome: "new" }, { Accepted: 1 }],
  [{ event: "webhook.received", status: 200, outcome: "duplicate" }, { Duplicate: 1 }],
  [{ event: "webhook.received", status: 503 }, { Unavailable: 1 }],
  [{ event: "webhook.received", status: 503, reason: "secret_unreadable" }, { Unavailable: 1 }],
  [{ event: "webhook.processed", status: "filtered", replay: 0 }, { Filtered: 1 }],
  [{ event: "webhook.processed", status: "failed", replay: 0 }, { Failed: 1 }],
  [
    { event: "webhook.processed", status: "published", replay: 0, receivedAt: RECEIVED },
    { Published: 1, Latency: 2_500 },
  ],
  // A replay's way does not begin when the webhook was received.
  [{ event: "webhook.processed", status: "published", replay: 1, receivedAt: RECEIVED }, { Published: 1 }],
])("%j counts %j for its provider", (line, values) => {
  const embedded = metrics({ provider: "stripe", ...line }) as unknown as Embedded;
  expect(embedded).toMatchObject({ Provider: "stripe", ...values });
  const [directive] = embedded._aws.CloudWatchMetrics;
  expect(embedded._aws.Timestamp).toBe(NOW);
  expect(directive).toMatchObject({ Namespace: "webhook-inbox-dev", Dimensions: [["Provider"]] });
  expect(directive?.Metrics.map(({ Name }) => Name)).toEqual(Object.keys(values));
});

test.each([
  [{ status: 401, reason: "signature_mismatch" }, "signature_mismatch"],
  [{ status: 403, reason: "source_not_allowed" }, "source_not_allowed"],
  [{ status: 400 }, "malformed"],
  [{ status: 413 }, "too_large"],
])("a rejection %j is counted by its reason too", (line, reason) => {
  const embedded = metrics({ event: "webhook.received", provider: "stripe", ...line }) as unknown as Embedded;
  expect(embedded).toMatchObject({ Rejected: 1, Reason: reason });
  expect(embedded._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([["Provider"], ["Provider", "Reason"]]);
});

test.each<["new" | "duplicate", number, string]>([
  ["new", 0, "0"],
  ["duplicate", 1, "1"],
  ["new", 3, "3"],
  ["new", 4, "4 or more"],
  ["new", 99, "4 or more"],
])(
  "what was received (%s) is counted by the secret that matched too: %i as %s",
  (outcome, secretIndex, index) => {
    const embedded = metrics({
      event: "webhook.received",
      provider: "stripe",
      status: 200,
      outcome,
      secretIndex,
    }) as unknown as Embedded;
    expect(embedded).toMatchObject({ SecretIndex: index });
    expect(embedded._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([
      ["Provider"],
      ["Provider", "SecretIndex"],
    ]);
  },
);

test("where nothing is signed, no secret is counted", () => {
  const unsigned = { provider: "stripe", status: 202, outcome: "new", secretIndex: -1 } as const;
  expect(metrics({ event: "webhook.received", ...unsigned })).not.toHaveProperty("SecretIndex");
});

test("a provider that nobody configured is no dimension of its own, whatever a caller calls it", () => {
  expect(metrics({ event: "webhook.received", status: 404 })).toMatchObject({
    Provider: "unknown",
    Reason: "unknown_provider",
  });
});

test.each<Line>([
  { event: "webhook.received", status: 200, handshake: true },
  { event: "webhook.processed", status: "duplicate" },
  { event: "webhook.processed", status: "held" },
])("%j counts nothing", (line) => expect(metrics(line)).toEqual({}));

test("without a namespace there are no metrics", () => {
  expect(metricsOf(whole({ event: "webhook.received", outcome: "new" }), undefined, NOW)).toEqual({});
});

test.each(["secret_missing", "secret_malformed"])(
  "%s is counted by provider, by reason, and in all for the alarm",
  (reason) => {
    const embedded = metrics({
      event: "webhook.received",
      provider: "stripe",
      status: 503,
      reason,
    }) as unknown as Embedded;
    expect(embedded).toMatchObject({ Provider: "stripe", Reason: reason, SecretUnusable: 1 });
    expect(embedded).not.toHaveProperty("Unavailable");
    expect(embedded._aws.CloudWatchMetrics).toMatchObject([
      { Dimensions: [["Provider"], ["Provider", "Reason"], []], Metrics: [{ Name: "SecretUnusable" }] },
    ]);
  },
);

test("a webhook that did not reach a consumer is counted by provider, by consumer, and in all for the alarm", () => {
  const line: LogLine = {
    event: "webhook.undelivered",
    ...{ provider: "stripe", id: "evt_1", replay: 0, consumer: "billing" },
    error: { code: "Sqs.QueueDoesNotExistException", message: "It is gone." },
  };
  expect(metricsOf(line, "webhook-inbox-dev", NOW)).toMatchObject({
    ...{ Provider: "stripe", Consumer: "billing", Undelivered: 1 },
    _aws: {
      CloudWatchMetrics: [
        { Dimensions: [["Provider"], ["Provider", "Consumer"], []], Metrics: [{ Name: "Undelivered" }] },
      ],
    },
  });
});

test("a provider that is expected to send is counted with nothing, so that silence is a number", () => {
  expect(
    metricsOf({ event: "provider.expected", provider: "stripe" }, "webhook-inbox-dev", NOW),
  ).toMatchObject({
    ...{ Provider: "stripe", Accepted: 0, Duplicate: 0 },
    _aws: {
      CloudWatchMetrics: [
        { Dimensions: [["Provider"]], Metrics: [{ Name: "Accepted" }, { Name: "Duplicate" }] },
      ],
    },
  });
});

test("no other line counts anything", () => {
  expect(metricsOf({ event: "inbox.resumed", since: RECEIVED }, "webhook-inbox-dev", NOW)).toEqual({});
});

const ran = {
  event: "reconcile.ran",
  provider: "stripe",
  listed: 9,
  missing: 2,
  recovered: 2,
  notes: [],
} as const;

test.each<[string, LogLine, Record<string, number>, string[][]]>([
  ["missing events", { ...ran, unrecoverable: 0 }, { Missing: 2, Recovered: 2 }, [["Provider"]]],
  [
    "unrecoverable ones, over all providers too",
    { ...ran, unrecoverable: 1 },
    { Missing: 2, Recovered: 2, Unrecoverable: 1 },
    [["Provider"], []],
  ],
  [
    "an endpoint that is switched off as a failed run",
    { ...ran, unrecoverable: 0, off: "disabled" },
    { Missing: 2, Recovered: 2, ReconcileFailed: 1 },
    [["Provider"], []],
  ],
  [
    "a run that failed for good",
    { event: "reconcile.failed", provider: "stripe", error: "401", failing: true },
    { ReconcileFailed: 1 },
    [["Provider"], []],
  ],
])("a reconciliation counts %s", (_, line, values, dimensions) => {
  const embedded = metricsOf(line, "n", NOW) as unknown as Embedded;
  expect(embedded).toMatchObject({ Provider: "stripe", ...values });
  const [directive] = embedded._aws.CloudWatchMetrics;
  expect(directive?.Metrics.map(({ Name }) => Name)).toEqual(Object.keys(values));
  expect(directive?.Dimensions).toEqual(dimensions);
});

test("a run that the next one repeats is not counted as failed", () => {
  const line = { event: "reconcile.failed", provider: "stripe", error: "503", failing: false } as const;
  expect(metricsOf(line, "n", NOW)).toEqual({});
});
