import { redacted } from "../../../inbox/redacted";
import type { ListedRejected } from "../../../inbox/rejected";
import type { RejectedRequest } from "../../../functions/domain/rejected";
import { Confirmed, Empty, Page, Time, type PageContext } from "./page";

/** Returns the address of a rejected request's page; the request's id is the provider and a name. */
export function rejectedPath(id: string): string {
  return `/rejected/${id.split("/").map(encodeURIComponent).join("/")}`;
}

/** Requests that were rejected or had no usable secret, newest first. */
export function RejectedList(props: {
  readonly context: PageContext;
  readonly listed: readonly ListedRejected[];
  readonly more: boolean;
}) {
  const { context, listed, more } = props;
  return (
    <Page title="Rejected" context={context} current="rejected">
      <h1>Rejected requests</h1>
      <p>
        They failed signature verification, or there was no usable secret. They are kept for seven days: once
        the secret is fixed, release them here. Their provider is unverified.
      </p>
      {listed.length === 0 ? (
        <Empty title="No rejected requests">
          No request failed verification in the last seven days, or quarantine is disabled.
        </Empty>
      ) : (
        <ul class="dead-letters">
          {listed.toReversed().map(({ id, provider, receivedAt, reason, cause, bytes }) => (
            <li class="card">
              <h2>
                <a href={rejectedPath(id)} data-row>
                  {id}
                </a>
              </h2>
              <p>
                {provider}, <Time at={receivedAt} />, {bytes} bytes
              </p>
              <p class="error">
                <strong>{reason}</strong> {cause === reason ? "" : cause}
              </p>
            </li>
          ))}
        </ul>
      )}
      {more && <p>There are older ones; `webhooks rejected list` shows them all.</p>}
    </Page>
  );
}

/** One rejected request, without its credentials. */
export function RejectedPage(props: { readonly context: PageContext; readonly rejected: RejectedRequest }) {
  const { context, rejected } = props;
  const { request, diagnosis, ...shown } = redacted(rejected);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["provider", `${shown.provider}, verified as ${shown.scheme}`],
    ["from", shown.sourceIp],
    ["request id", shown.requestId],
    ["request", `${request.method} ${request.url ?? ""}`],
    ...Object.entries(request.query),
    ...Object.entries(request.headers),
  ];
  return (
    <Page title="Rejected" context={context} current="rejected">
      <h1>{shown.id}</h1>
      <p>
        Received <Time at={shown.receivedAt} />
      </p>
      <p class="error">
        <strong>{shown.reason}</strong> {shown.detail}
      </p>
      <p class="error">
        <strong>{diagnosis.cause}</strong> {diagnosis.detail}
      </p>
      <Confirmed
        id="release"
        action={`${rejectedPath(shown.id)}/release`}
        label="Re-verify and release"
        context={context}
      >
        It is verified with the current secrets and, if one matches, processed like every webhook.{" "}
        <label class="check">
          <input type="checkbox" name="ignoreTimestamp" value="yes" /> Ignore the timestamp window
        </label>
      </Confirmed>
      <h2>Request</h2>
      <dl>
        {facts.map(([name, value]) =>
          value === undefined ? (
            <></>
          ) : (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ),
        )}
      </dl>
      <h2>Body</h2>
      <pre class="code" tabindex={0}>
        {request.body}
      </pre>
    </Page>
  );
}
