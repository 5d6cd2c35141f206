import type { PauseState } from "../../functions/domain/pause";
import type { Pause } from "../../functions/domain/resume";

/** The pauses of providers, as functions/adapters/pauses.ts keeps them. */
export class Pauses {
  private readonly all = new Map<string, Pause>();

  get any(): boolean {
    return this.all.size > 0;
  }

  read(): ReadonlyMap<string, Pause> {
    return new Map(this.all);
  }

  states(): ReadonlyMap<string, PauseState> {
    return new Map([...this.all].map(([provider, { state }]) => [provider, state]));
  }

  /** @param unless writes only if the pause was resumed at this time, and nothing if the time is undefined */
  write(provider: string, pause: Pause | undefined, unless?: { readonly resumedAt: string | undefined }) {
    if (unless && this.all.get(provider)?.resumedAt !== (unless.resumedAt ?? "")) return false;
    if (pause) this.all.set(provider, pause);
    else this.all.delete(provider);
    return true;
  }
}
