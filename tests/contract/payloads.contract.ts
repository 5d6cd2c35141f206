import { randomBytes } from "node:crypto";
import type { IngestPorts } from "../../functions/domain/ingest-ports";

export interface Payloads extends Pick<IngestPorts["payloads"], "put" | "remove"> {
  get(key: string): Promise<Buffer | undefined>;
}

const raw = (key: string, body: Buffer) => ({
  key,
  body,
  contentType: "application/json",
  eventId: "evt_1",
  eventType: "thing.made",
  headers: "",
});

/** Tests the raw payloads as ingestion stores them. */
export function payloadsContract(start: () => Promise<Payloads>): void {
  let payloads: Payloads;
  beforeAll(async () => void (payloads = await start()));

  test("a payload is stored byte for byte", async () => {
    const body = Buffer.from([0, 0xff, 0x0a, 0x7b]);
    await payloads.put(raw("raw/acme/evt_1/x", body));
    expect(await payloads.get("raw/acme/evt_1/x")).toEqual(body);
  });

  test("stored again it is one and the same", async () => {
    const body = Buffer.from("{}");
    await payloads.put(raw("raw/acme/evt_2/x", body));
    await payloads.put(raw("raw/acme/evt_2/x", body));
    expect(await payloads.get("raw/acme/evt_2/x")).toEqual(body);
  });

  test("a removed one is gone, with its headers in an object beside it", async () => {
    const headers = randomBytes(3_000).toString("base64");
    await payloads.put({ ...raw("raw/acme/evt_4/x", Buffer.from("{}")), headers });
    await payloads.remove("raw/acme/evt_4/x");
    expect(await payloads.get("raw/acme/evt_4/x")).toBeUndefined();
    expect(await payloads.get("raw/acme/evt_4/x.headers")).toBeUndefined();
  });

  test("there is none where none was stored", async () => {
    expect(await payloads.get("raw/acme/evt_3/x")).toBeUndefined();
  });
}
