import { TOKEN_FIELD } from "../guard";
import { Page, webhookPath, type PageContext } from "./page";

/** A sample that can be signed and sent. */
export interface SampleChoice {
  readonly name: string;
  readonly provider: string;
}

export interface Sent {
  readonly provider: string;
  readonly status: number;
  readonly body: string;
  readonly id?: string;
}

export function Send(props: {
  readonly context: PageContext;
  readonly samples: readonly SampleChoice[];
  /** Name of the sample that fails for a while, if there is one. */
  readonly failing?: string | undefined;
  readonly chosen: string;
  readonly payload: string;
  readonly sent?: Sent;
}) {
  const { context, samples, failing, chosen, payload, sent } = props;
  return (
    <Page title="Send" context={context} current="send">
      <h1>Send a sample</h1>
      {sent && (
        <div class={`notice ${sent.status < 300 ? "good" : "bad"}`} role="status">
          <p>
            The endpoint answered <strong>{sent.status}</strong>.{" "}
            {sent.id !== undefined && (
              <a href={webhookPath({ provider: sent.provider, key: sent.id })}>Follow it through the inbox</a>
            )}
          </p>
          <pre>{sent.body}</pre>
        </div>
      )}
      <form class="stack" method="get" action="/send">
        <label>
          Sample
          <select name="sample">
            {samples.map(({ name, provider }) => (
              <option value={name} selected={name === chosen}>
                {provider}: {name}
                {name === failing && ", which fails"}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">Take this sample</button>
      </form>
      {chosen === failing ? (
        <p class="hint">
          The provider's transform fails for the number of seconds in the payload. After three attempts it is
          among the <a href="/dead-letters">dead letters</a>, and succeeds when it is redriven after that
          time.
        </p>
      ) : (
        failing !== undefined && (
          <p class="hint">
            To see a failure and recover from it, take{" "}
            <a href={`/send?sample=${failing}`}>the sample that fails</a>.
          </p>
        )
      )}
      <form class="stack" method="post" action="/send">
        <input type="hidden" name={TOKEN_FIELD} value={context.token} />
        <input type="hidden" name="sample" value={chosen} />
        <label>
          Payload (signed exactly as shown)
          <textarea name="payload" rows={16} spellcheck={false}>
            {payload}
          </textarea>
        </label>
        <label class="check">
          <input type="checkbox" name="fresh" value="yes" checked /> Generate a new event id (otherwise it
          counts as a duplicate)
        </label>
        <label class="check">
          <input type="checkbox" name="forged" value="yes" /> Use an invalid signature (expect 401)
        </label>
        <button type="submit" class="primary">
          Sign and send
        </button>
      </form>
    </Page>
  );
}
