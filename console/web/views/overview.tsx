import type { Counted, Counts } from "../../../inbox/metrics";
import type { QueueDepth } from "../../../inbox/queue";

export interface OverviewProps {
  readonly counts: Counts | undefined;
  readonly queue: { readonly queue: QueueDepth; readonly deadLetters: QueueDepth };
}

/** How the inbox is doing: the queues, and what the functions counted. */
export function Overview({ counts, queue }: OverviewProps) {
  const unverified = counts?.series.SecretUnusable.reduce((all, value) => all + value, 0) ?? 0;
  return (
    <>
      <div class="cards">
        <Card name="waiting in the queue" value={queue.queue.waiting + queue.queue.inFlight} />
        <Card
          name="dead letters"
          value={queue.deadLetters.waiting + queue.deadLetters.inFlight}
          tone={queue.deadLetters.waiting > 0 ? "bad" : "neutral"}
          href="/dead-letters"
        />
        {unverified > 0 && (
          <Card name="without a usable secret, last hour" value={unverified} tone="bad" href="/rejected" />
        )}
        {counts && <Plot counts={counts} />}
      </div>
      {counts && counts.providers.length > 0 && <Providers counts={counts} />}
    </>
  );
}

function Card(props: {
  readonly name: string;
  readonly value: number;
  readonly tone?: string;
  readonly href?: string;
}) {
  const value = <strong class={props.tone ?? "neutral"}>{props.value}</strong>;
  return (
    <div class="card">
      {props.href ? <a href={props.href}>{value}</a> : value}
      <span>{props.name}</span>
    </div>
  );
}

const PLOTTED: readonly { readonly metric: Counted; readonly name: string }[] = [
  { metric: "Accepted", name: "accepted" },
  { metric: "Published", name: "published" },
  { metric: "Failed", name: "failed" },
];

const PLOT = { width: 600, height: 100 } as const;

/** Accepted, published and failed webhooks over time. */
function Plot({ counts }: { readonly counts: Counts }) {
  const highest = Math.max(1, ...PLOTTED.flatMap(({ metric }) => counts.series[metric]));
  const points = counts.series.Accepted.length;
  const position = (value: number, point: number) => {
    const x = (point / Math.max(1, points - 1)) * PLOT.width;
    const y = PLOT.height - (value / highest) * PLOT.height;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const clock = (time: number) => new Date(time).toISOString().slice(11, 16);
  const sums = PLOTTED.map(({ metric, name }) => {
    const sum = counts.series[metric].reduce((all, value) => all + value, 0);
    return { name, sum };
  });
  return (
    <figure class="card plot">
      <div class="axis">
        <span>{highest} a minute</span>
      </div>
      <svg
        viewBox={`0 0 ${PLOT.width} ${PLOT.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Last hour: ${sums.map(({ name, sum }) => `${sum} ${name}`).join(", ")}`}
      >
        {PLOTTED.map(({ metric, name }) => (
          <polyline class={`series ${name}`} points={counts.series[metric].map(position).join(" ")} />
        ))}
      </svg>
      <div class="axis">
        <time>{clock(counts.from)}</time>
        <time>{clock(counts.to)}</time>
      </div>
      <figcaption>
        {sums.map(({ name, sum }) => (
          <span class={`legend ${name}`}>
            {sum} {name}
          </span>
        ))}
        <span>in the last hour</span>
      </figcaption>
    </figure>
  );
}

function Providers({ counts }: { readonly counts: Counts }) {
  const minutes = (counts.to - counts.from) / 60_000;
  return (
    <details class="providers" id="providers">
      <summary>By provider, last hour</summary>
      <div class="scroll" tabindex={0}>
        <table>
          <thead>
            <tr>
              <th>provider</th>
              <th class="number">accepted</th>
              <th class="number">a minute</th>
              <th class="number">duplicates</th>
              <th class="number">rejected</th>
              <th class="number">no usable secret</th>
              <th class="number">published</th>
              <th class="number">filtered</th>
              <th class="number">failures</th>
            </tr>
          </thead>
          <tbody>
            {counts.providers.map(({ name, counts: of }) => (
              <tr>
                <td>{name}</td>
                <td class="number">{of.Accepted}</td>
                <td class="number">{(of.Accepted / minutes).toFixed(2)}</td>
                <td class="number">{of.Duplicate}</td>
                <td class="number">{of.Rejected}</td>
                <td class="number">{of.SecretUnusable}</td>
                <td class="number">{of.Published}</td>
                <td class="number">{of.Filtered}</td>
                <td class="number">{of.Failed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
