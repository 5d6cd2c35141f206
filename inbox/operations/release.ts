import type { Provider } from "../../functions/domain/provider";
import type { RejectedRequest } from "../../functions/domain/rejected";
import {
  storeReleased,
  verifyAgain,
  type ReleaseOptions,
  type ReleasePorts,
  type SecondVerdict,
} from "../../functions/domain/release";
import { keyOf, type Webhook } from "../../functions/domain/webhook";
import { schemeOf } from "../../providers";
import { sendInOrder } from "./in-order";
import type { Inbox } from "../connect";
import { providerNamed, type StackProvider } from "../outputs";
import { noteOperation } from "../records/note";
import { RejectedRequests, type ListedRejected } from "../rejected";
import { releasePorts } from "./release-ports";

/** External calls that a release needs. */
export interface ReleaseRunPorts {
  readonly rejected: {
    /** Reads a rejected request; undefined if it is gone. */
    read(id: string): Promise<RejectedRequest | undefined>;
    remove(id: string): Promise<void>;
  };
  /** Returns what the stack knows of a provider; undefined if it is no longer configured. */
  readonly provider: (name: string) => StackProvider | undefined;
  readonly inbox: ReleasePorts;
  /** Notes on the record that its webhook was released. */
  readonly note: (webhook: Webhook, at: string) => Promise<void>;
}

/** Returns the ports for releasing on a deployed inbox. */
export function releaseRunPorts(inbox: Inbox): ReleaseRunPorts {
  return {
    rejected: new RejectedRequests(inbox),
    provider: (name) => providerNamed(name, inbox.outputs),
    inbox: releasePorts(inbox),
    note: (webhook, at) => noteOperation(inbox, webhook.provider, keyOf(webhook), { kind: "release", at }),
  };
}

export interface ReleaseRun extends ReleaseOptions {
  /** Rejected requests in the order of arrival. */
  readonly items: readonly ListedRejected[];
  /** Whether requests are only verified, not released. @default false */
  readonly dryRun?: boolean;
  /** Requests per second. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly onDone: () => void;
}

/** An event of a request that was released, or in a dry run would be. */
export interface Released {
  readonly rejectedId: string;
  readonly provider: string;
  /** Event id. */
  readonly id: string;
  /** Key of the webhook within its provider. */
  readonly key: string;
  readonly type: string;
  /** Absent in a dry run. */
  readonly outcome?: "new" | "duplicate";
}

/** A request that is rejected again, and stays in the quarantine. */
export interface StillRejected {
  readonly rejectedId: string;
  readonly reason: string;
  readonly detail: string;
}

export interface ReleaseResult {
  readonly released: readonly Released[];
  readonly stillRejected: readonly StillRejected[];
  /** Requests for which a service did not answer; the remaining requests of their providers were not attempted. */
  readonly failed: readonly { readonly rejectedId: string; readonly error: unknown }[];
  /** Number of requests that were not attempted. */
  readonly left: number;
}

/**
 * Verifies quarantined requests again by today's secrets and releases those that pass, provider by provider in the
 * order of arrival. A request is removed only after its webhook is stored and queued: if a run crashes in between, the
 * next one releases it again, as a duplicate like any other attempt of its provider. Never rejects.
 */
export async function release(run: ReleaseRun, ports: ReleaseRunPorts): Promise<ReleaseResult> {
  const released: Released[] = [];
  const stillRejected: StillRejected[] = [];
  const { failed, left } = await sendInOrder({
    items: run.items,
    groupOf: ({ provider }) => provider,
    rate: run.rate,
    signal: run.signal,
    onSent: run.onDone,
    async send({ id: rejectedId }) {
      const rejected = await ports.rejected.read(rejectedId);
      // Another run released it first.
      if (!rejected) return;
      const verdict = await verdictOn(rejected, run, ports);
      if (!verdict.ok) {
        stillRejected.push({ rejectedId, reason: verdict.reason, detail: verdict.detail });
        return;
      }
      const { admitted } = verdict;
      const at = new Date().toISOString();
      const outcome = run.dryRun ? undefined : await storeReleased(admitted, ports.inbox);
      if (outcome) {
        for (const { webhook } of admitted.events) await ports.note(webhook, at);
        await ports.rejected.remove(rejectedId);
      }
      for (const { webhook } of admitted.events) {
        const { provider, id, type } = webhook;
        released.push({ rejectedId, provider, id, key: keyOf(webhook), type, ...(outcome && { outcome }) });
      }
    },
  });
  return {
    released,
    stillRejected,
    failed: failed.map(({ item: { id }, error }) => ({ rejectedId: id, error })),
    left: left.length,
  };
}

type Verdict =
  | SecondVerdict
  | { readonly ok: false; readonly reason: "not_configured"; readonly detail: string };

async function verdictOn(
  rejected: RejectedRequest,
  options: ReleaseOptions,
  ports: ReleaseRunPorts,
): Promise<Verdict> {
  const configured = ports.provider(rejected.provider);
  if (!configured)
    return { ok: false, reason: "not_configured", detail: "the stack has no such provider any more" };
  return verifyAgain(rejected, providerOf(configured), ports.inbox, options);
}

/** Returns a provider in the form in which ingestion knows it. */
export function providerOf({
  name,
  scheme: id,
  orderingKey,
  split,
  redact,
  url,
  duplicates,
}: StackProvider): Provider {
  const scheme = schemeOf(id);
  if (!scheme) throw new Error(`This version knows no scheme ${id}.`);
  return {
    name,
    scheme,
    ...(orderingKey !== undefined && { orderingKey }),
    ...(split !== undefined && { split }),
    ...(redact !== undefined && { redact }),
    ...(url !== undefined && { url }),
    ...(duplicates !== undefined && { duplicates }),
  };
}
