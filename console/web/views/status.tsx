import type { Cause, Causes } from "../../../inbox/causes";
import type { CauseResult } from "../../../inbox/operations/one-cause";
import type { ProviderPause } from "../../../inbox/pauses";
import { rejectedPath } from "./rejected";
import { Confirmed, Empty, Page, Time, webhookPath, type PageContext } from "./page";

interface StatusProps extends Causes {
  readonly context: PageContext;
  readonly pauses: readonly ProviderPause[];
  /** Names of the providers. */
  readonly providers: readonly string[];
  readonly done: CauseResult | undefined;
}

/** Troubles by their cause, and which providers are paused. */
export function StatusPage({ context, causes, more, unread, pauses, providers, done }: StatusProps) {
  return (
    <Page title="Status" context={context} current="status">
      <h1>Status</h1>
      {done && (
        <p class="notice" role="status">
          {done.done} done{done.left > 0 ? `, ${done.left} left as they were` : ""}.
        </p>
      )}
      <h2>Trouble by cause</h2>
      {unread.map((kind) => (
        <p class="notice">What was {KINDS[kind]} could not all be read in time, and is left out here.</p>
      ))}
      {causes.length === 0 && unread.length === 0 ? (
        <Empty title="No trouble">Nothing failed, is dead-lettered, undelivered or was rejected.</Empty>
      ) : (
        <ul class="dead-letters">
          {causes.map((cause, index) => (
            <CauseCard cause={cause} index={index} context={context} />
          ))}
        </ul>
      )}
      {more && <p>There are older ones; only the newest of each kind are counted here.</p>}
      <h2>Providers</h2>
      <ul class="dead-letters">
        {providers.map((provider) => (
          <ProviderCard
            provider={provider}
            pause={pauses.find((one) => one.provider === provider)}
            context={context}
          />
        ))}
      </ul>
    </Page>
  );
}

const KINDS: Readonly<Record<Cause["kind"], string>> = {
  dead_lettered: "dead-lettered",
  failed: "failed, and tried again",
  rejected: "rejected",
  undelivered: "not taken by a target",
};

function CauseCard({ cause, index, context }: { cause: Cause; index: number; context: PageContext }) {
  const { kind, provider, rule, error, detail, count, first, last, sample, fix } = cause;
  const path = kind === "rejected" ? rejectedPath(sample) : webhookPath({ provider, key: sample });
  const hidden = (
    <>
      <input type="hidden" name="provider" value={provider} />
      <input type="hidden" name="rule" value={rule ?? ""} />
      <input type="hidden" name="error" value={error} />
    </>
  );
  return (
    <li class="card">
      <h3>
        {count} × {rule ?? provider} · {KINDS[kind]}
      </h3>
      <p class="error">
        <strong>{error}</strong> {detail === error ? "" : detail}
      </p>
      <p>
        {first !== last && (
          <>
            <Time at={first} /> to{" "}
          </>
        )}
        <Time at={last} />, such as {provider === "" ? sample : <a href={path}>{sample}</a>}
      </p>
      <p>
        <code>{fix}</code>
      </p>
      {kind === "dead_lettered" && (
        <Confirmed id={`cause-${index}`} action="/status/redrive" label="Redrive all" context={context}>
          All dead letters of {provider} with {error} return to the queue, in their order.
          {hidden}
        </Confirmed>
      )}
      {kind === "undelivered" && (
        <Confirmed id={`cause-${index}`} action="/status/replay" label="Replay all" context={context}>
          The webhooks whose events the targets of {rule} did not take are published again, to every target.
          {hidden}
        </Confirmed>
      )}
      {kind === "rejected" && (
        <Confirmed id={`cause-${index}`} action="/status/release" label="Release all" context={context}>
          Each is verified with the current secrets; those that pass are processed like every webhook.
          {hidden}
        </Confirmed>
      )}
    </li>
  );
}

function ProviderCard(props: {
  readonly provider: string;
  readonly pause: ProviderPause | undefined;
  readonly context: PageContext;
}) {
  const { provider, pause, context } = props;
  return (
    <li class="card">
      <h3>{provider}</h3>
      {pause === undefined && <p>is processed</p>}
      {pause?.state === "resuming" && <p>resumes, {pause.held} still held</p>}
      {pause?.state === "paused" && (
        <p>
          paused <Time at={pause.since} />
          {pause.by === undefined ? "" : ` by ${pause.by}`}
          {pause.reason === undefined ? "" : `: ${pause.reason}`}; {pause.held} held
        </p>
      )}
      {pause?.state === "paused" ? (
        <Confirmed
          id={`resume-${provider}`}
          action={`/status/resume/${provider}`}
          label="Resume"
          context={context}
        >
          What is held is processed first, in its order, within a minute.
        </Confirmed>
      ) : (
        <Confirmed
          id={`pause-${provider}`}
          action={`/status/pause/${provider}`}
          label="Pause"
          context={context}
        >
          Its webhooks are still verified, stored and answered; they are held in their order.{" "}
          <label>
            Why <input name="reason" maxlength={200} />
          </label>
        </Confirmed>
      )}
    </li>
  );
}
