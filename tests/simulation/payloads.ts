import type { RawPayload } from "../../functions/domain/ingest-ports";

/** The bucket of raw payloads. */
export class Payloads {
  private readonly bodies = new Map<string, Buffer>();

  put({ key, body }: Pick<RawPayload, "key" | "body">): void {
    this.bodies.set(key, body);
  }

  remove(key: string): void {
    this.bodies.delete(key);
  }

  get(key: string): Buffer | undefined {
    return this.bodies.get(key);
  }
}
