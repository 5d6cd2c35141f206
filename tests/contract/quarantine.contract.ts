import type { IngestPorts } from "../../functions/domain/ingest-ports";
import type { RejectedRequest } from "../../functions/domain/rejected";

export interface QuarantineStore extends Pick<IngestPorts["rejected"], "keep"> {
  read(id: string): Promise<RejectedRequest | undefined>;
  /** Ids of a provider's rejected requests, in the order of arrival. */
  ids(provider: string): Promise<readonly string[]>;
}

const rejected = (id: string): RejectedRequest => ({
  id,
  provider: "acme",
  scheme: "stripe",
  receivedAt: "2026-01-02T03:04:05.678Z",
  reason: "signature_mismatch",
  detail: "the secret did not sign these bytes",
  diagnosis: { cause: "no_secret_matched", detail: "none matched" },
  requestId: "c6af9ac6",
  request: {
    method: "POST",
    url: "https://api.example.com/v1/webhook/acme",
    parameters: [
      ["b", "2"],
      ["b", "3"],
    ],
    headers: { constructor: ["a"], "stripe-signature": ["t=1,v1=x"] },
    body: Buffer.from([0, 0xff, 0x0a, 0x7b]),
  },
});

/** Tests the rejected requests as ingestion quarantines them, and as a release reads them. */
export function quarantineContract(start: () => Promise<QuarantineStore>): void {
  let quarantine: QuarantineStore;
  beforeAll(async () => void (quarantine = await start()));

  test("a request comes back with all that verifying it takes", async () => {
    const before = rejected("acme/20260102T030405678Z-c6af9ac6");
    expect(await quarantine.keep(before)).toBe(true);
    const after = await quarantine.read(before.id);
    expect(after?.request.body).toEqual(before.request.body);
    expect(Object.entries(after?.request.headers ?? {})).toEqual(Object.entries(before.request.headers));
    expect({ ...after, request: { ...after?.request, headers: null } }).toEqual({
      ...before,
      request: { ...before.request, headers: null },
    });
  });

  test("they are listed by provider, in the order in which they arrived", async () => {
    const ids = [
      "other/20260102T030405678Z-b",
      "other/20251231T235959999Z-c",
      "another/20260101T000000000Z-a",
    ];
    for (const id of ids) await quarantine.keep(rejected(id));
    expect(await quarantine.ids("other")).toEqual([ids[1], ids[0]]);
  });

  test("there is none where none was kept, and none under a name that leads elsewhere", async () => {
    expect(await quarantine.read("acme/20270102T030405678Z-c6af9ac6")).toBeUndefined();
    expect(await quarantine.keep(rejected("../raw/x"))).toBe(false);
    expect(await quarantine.read("../raw/x")).toBeUndefined();
  });
}
