import {
  breakAfter,
  breakBefore,
  hang,
  seeded,
  serverError,
  throttled,
  unavailable,
  type Call,
  type Fault,
  type FaultProxy,
} from "../../tests/support/fault-proxy";
import { functionWorkers } from "../../tests/support/function-workers";
import { BAD } from "./consumers";
import type { Repeat } from "./judge-consumer";

/** Share of the functions' calls to AWS that fail. */
const FAULTS = 0.05;

const FAULT_KINDS: readonly Fault[] = [
  serverError,
  unavailable,
  throttled,
  breakBefore,
  breakAfter,
  hang,
  { kind: "delay", milliseconds: 1_000 },
];

/** Milliseconds from a consumer's answer to the end of the call that stores it, including its retries. */
const WRITING_MS = 10_000;

/** Pattern for the record key, `provider#key`, of a delivery that a call stores. */
const DELIVERY = new RegExp(`"_delivery#${BAD}#([^"]+)#\\d+"`);

export type Faults = ReturnType<typeof injectFaults>;

/** Makes calls of the functions fail from now on. @param pid process id of the emulator */
export function injectFaults(proxy: FaultProxy, seed: number, pid: number) {
  const random = seeded(seed);
  const counts = { injected: 0, calls: 0, killed: 0 };
  const killedAt: number[] = [];
  /** Times at which storing the end of a delivery may have failed, by the key of the webhook's record. */
  const unwritten = new Map<string, number[]>();
  const note = ({ action, body }: Call) => {
    const record = action === "DynamoDB.PutItem" ? DELIVERY.exec(body)?.[1] : undefined;
    if (record !== undefined) unwritten.set(record, [...(unwritten.get(record) ?? []), Date.now()]);
  };
  proxy.decide((call) => {
    counts.calls += 1;
    if (random() >= FAULTS) return undefined;
    counts.injected += 1;
    note(call);
    return FAULT_KINDS[Math.floor(random() * FAULT_KINDS.length)];
  });
  return {
    counts,
    /** Kills every function that runs. */
    kill(): void {
      killedAt.push(Date.now());
      for (const worker of functionWorkers(pid)) {
        process.kill(worker, "SIGKILL");
        counts.killed += 1;
      }
    },
    stop: () => proxy.decide(() => undefined),
    /**
     * Returns whether the end of a delivery was lost, so that the consumer is called again: a call that stores it
     * failed, or the function was killed.
     * @param record `provider#key`
     */
    lostEnd: (record: string, { first, second }: Repeat): boolean =>
      (unwritten.get(record) ?? []).some((at) => at >= first && at <= second) ||
      killedAt.some((at) => at >= first - 1 && at <= Math.min(second, first + WRITING_MS)),
  };
}
