import type { IngestPorts } from "../../functions/domain/ingest-ports";
import { PROVIDER, SECRET } from "../simulation/sender";

/** Tests the secrets of a provider as ingestion reads them. */
export function secretsContract(start: () => Promise<IngestPorts["secrets"]>): void {
  let secrets: IngestPorts["secrets"];
  beforeAll(async () => void (secrets = await start()));

  test("are the provider's own", async () => {
    expect(await secrets.get(PROVIDER)).toEqual([SECRET]);
  });

  test("are not read again at once, however many forged signatures come", async () => {
    await secrets.get(PROVIDER);
    expect(await secrets.refresh(PROVIDER)).toBe(false);
  });

  test("are not replaced by one that a handshake brings, if none is awaited", async () => {
    expect(await secrets.learn(PROVIDER, "another-secret-from-a-stranger")).toBe(false);
    expect(await secrets.get(PROVIDER)).toEqual([SECRET]);
  });
}
