import type { ConsumerMessage } from "../../functions/domain/consumer-message";
import type { DeliverPorts } from "../../functions/domain/deliver-ports";
import type { DeliveryState } from "../../functions/domain/delivery-state";

const RECEIVED_AT = "2026-01-02T03:04:05.678Z";

const message = (id: string): ConsumerMessage => ({
  messageId: `m-${id}`,
  receiptHandle: `r-${id}`,
  body: JSON.stringify({ id, provider: "acme", replay: 0, receivedat: RECEIVED_AT }),
  group: "acme",
  deduplicationId: `acme:${id}:0`,
  receiveCount: 1,
  sentAt: Date.parse(RECEIVED_AT),
  recordKey: `acme#${id}`,
  s3Key: `raw/acme/${id}`,
});

const failed: DeliveryState = {
  status: "failed",
  attempts: 1,
  at: RECEIVED_AT,
  durationMs: 12,
  statusCode: 503,
  answer: "busy",
  nextAt: "2026-01-02T03:05:05.678Z",
};
const delivered: DeliveryState = {
  status: "delivered",
  attempts: 2,
  at: RECEIVED_AT,
  durationMs: 7,
  statusCode: 200,
};

/** Tests the stored state of deliveries to a consumer. */
export function deliveriesContract(start: () => Promise<DeliverPorts["deliveries"]>): void {
  let deliveries: DeliverPorts["deliveries"];
  beforeAll(async () => void (deliveries = await start()));

  test("before the first attempt it is nothing", async () => {
    expect(await deliveries.read(message("a"))).toBeUndefined();
  });

  test("it is what the last attempt left, of each event by itself", async () => {
    await deliveries.write(message("b"), failed);
    expect(await deliveries.read(message("b"))).toMatchObject(failed);
    await deliveries.write(message("b"), delivered);
    expect(await deliveries.read(message("b"))).toMatchObject(delivered);
    expect(await deliveries.read(message("b"))).not.toHaveProperty("nextAt");
    expect(await deliveries.read(message("c"))).toBeUndefined();
  });
}
