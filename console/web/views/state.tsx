import { prettyJson } from "../../../inbox/pretty-json";
import { durationMs, elapsed, type StateVisit } from "../../../inbox/trace/model";
import { Time } from "./page";

/** One visit to a state: times, errors and data. */
export function StateView({ visit }: { readonly visit: StateVisit }) {
  const parts: [string, string | undefined][] = [
    ["Input", visit.input],
    ["Called with", visit.arguments],
    ["Answer", visit.result],
    ["Output", visit.output],
    ...Object.entries(visit.variables ?? {}).map(([name, value]): [string, string] => [
      `Assigned $${name}`,
      value,
    ]),
  ];
  return (
    <article class="state" id={`state-${visit.name}`} tabindex={-1}>
      <h3>
        {visit.name} <span class="chip neutral">{visit.type}</span>
      </h3>
      <p>
        Entered <Time at={visit.enteredAt} date={false} />, took{" "}
        {elapsed(durationMs(visit.enteredAt, visit.exitedAt))}
        {visit.retries > 0 && `, ${visit.retries} retries`}
      </p>
      {visit.error && (
        <p class="error">
          <strong>{visit.error.code}</strong> {visit.error.message}
        </p>
      )}
      {parts.map(
        ([name, json]) =>
          json !== undefined && (
            <>
              <h4>{name}</h4>
              <pre class="code" tabindex={0}>
                {prettyJson(json)}
              </pre>
            </>
          ),
      )}
    </article>
  );
}
