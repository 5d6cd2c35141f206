import { receivedAtOf, rejectedKey, type RejectedRequest } from "../../functions/domain/rejected";

/** Rejected requests in memory, as functions/adapters/rejected.ts keeps them and inbox/rejected.ts reads them. */
export class Quarantine {
  readonly kept: RejectedRequest[] = [];

  keep(rejected: RejectedRequest): boolean {
    if (rejectedKey(rejected.id) === undefined) return false;
    this.kept.push(rejected);
    return true;
  }

  read(id: string): RejectedRequest | undefined {
    return this.kept.find((rejected) => rejected.id === id);
  }

  ids(provider: string): readonly string[] {
    const ids = this.kept.map(({ id }) => id).filter((id) => id.startsWith(`${provider}/`));
    return ids.sort((a, b) => receivedAtOf(a) - receivedAtOf(b));
  }
}
