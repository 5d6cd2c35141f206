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
  readonly chosen: string;
  readonly payload: string;
  readonly sent?: Sent;
}) {
  const { context, samples, chosen, payload, sent } = props;
  return (
    <Page title="Send" context={context} current="send">
      <h1>Send a sample</h1>
      {sent && (
        <div class={`notice ${sent.status < 300 ? "good" : "bad"}`} role="status">
          <p>
            The endpoint answered <strong>{sent.status}</strong>.{" "}
            {sent.id !== undefined && (
              <a href={webhookPath({ provider: sent.provider, id: sent.id })}>Follow it through the inbox</a>
            )}
          </p>
          <pre>{sent.body}</pre>
        </div>
      )}
      <form class="stack" method="get" action="/send">
        <label>
          Sample
          <select name="sample" data-submit>
            {samples.map(({ name, provider }) => (
              <option value={name} selected={name === chosen}>
                {provider}: {name}
              </option>
            ))}
          </select>
        </label>
        <noscript>
          <button type="submit">Take this sample</button>
        </noscript>
      </form>
      <form class="stack" method="post" action="/send">
        <input type="hidden" name={TOKEN_FIELD} value={context.token} />
        <input type="hidden" name="sample" value={chosen} />
        <label>
          Payload, signed as it stands
          <textarea name="payload" rows={16} spellcheck={false}>
            {payload}
          </textarea>
        </label>
        <label class="check">
          <input type="checkbox" name="fresh" value="yes" checked /> As a new event, with an id of its own;
          else the same event again is a duplicate
        </label>
        <label class="check">
          <input type="checkbox" name="forged" value="yes" /> With a forged signature, to see it refused
        </label>
        <button type="submit" class="primary">
          Sign and send
        </button>
      </form>
    </Page>
  );
}
