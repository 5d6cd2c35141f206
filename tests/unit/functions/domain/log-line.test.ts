import { parseLogLine, type ReadLine } from "../../../../functions/domain/log-line";

const received = {
  event: "webhook.received",
  requestId: "r-1",
  receivedAt: "2026-01-02T03:04:05.678Z",
  status: 202,
  bytes: 2,
  durationMs: 12,
  outcome: "new",
} satisfies ReadLine;

test("a line is read as what it is, and not as another", () => {
  expect(parseLogLine(received, "webhook.received")).toEqual(received);
  expect(parseLogLine(received, "webhook.processed")).toBeUndefined();
  expect(parseLogLine({ ...received, event: "inbox.resumed" }, "webhook.received")).toBeUndefined();
});

test.each(["receivedAt", "status"])("one without a %s is not read", (field) => {
  expect(parseLogLine({ ...received, [field]: undefined }, "webhook.received")).toBeUndefined();
});
