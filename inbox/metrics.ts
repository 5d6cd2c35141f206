import { GetMetricDataCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import type { Inbox } from "./connect";
import { portions } from "./portions";

/** Metrics that the functions count, by provider. */
export const COUNTED = [
  "Accepted",
  "Duplicate",
  "Rejected",
  "Published",
  "Filtered",
  "Failed",
  "SecretUnusable",
] as const;
export type Counted = (typeof COUNTED)[number];

/** How many webhooks there were in a span of time. */
export interface Counts {
  readonly from: number;
  readonly to: number;
  /** Seconds that each value of a series covers. */
  readonly periodSeconds: number;
  readonly providers: readonly {
    readonly name: string;
    readonly counts: Readonly<Record<Counted, number>>;
  }[];
  /** Sums of all providers per period, oldest first. */
  readonly series: Readonly<Record<Counted, readonly number[]>>;
}

/**
 * Reads counts of the last minutes from CloudWatch, at most sixty points for any span. Does not read the table.
 * @param minutes length of the span, which ends now
 */
export async function readCounts(inbox: Inbox, minutes: number): Promise<Counts> {
  const periodSeconds = Math.max(60, Math.ceil(minutes / 60) * 60);
  const to = Math.ceil(Date.now() / 1000 / periodSeconds) * periodSeconds * 1000;
  const points = Math.ceil((minutes * 60) / periodSeconds);
  const from = to - points * periodSeconds * 1000;
  const Namespace = inbox.outputs.metric_namespace;
  const providers = await providersWithMetrics(inbox);
  const queries = providers.flatMap((provider, index) =>
    COUNTED.map((MetricName) => ({
      Id: `${MetricName.toLowerCase()}${index}`,
      MetricStat: {
        Metric: { Namespace, MetricName, Dimensions: [{ Name: "Provider", Value: provider }] },
        Period: periodSeconds,
        Stat: "Sum",
      },
    })),
  );
  const values = new Map<string, number[]>();
  // Splits the queries: one call of GetMetricData takes 500.
  for (const some of portions(queries, 500)) {
    let NextToken: string | undefined;
    do {
      const page = await inbox.clients.cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: [...some],
          StartTime: new Date(from),
          EndTime: new Date(to),
          NextToken,
        }),
      );
      for (const { Id = "", Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
        const series = values.get(Id) ?? Array.from({ length: points }, () => 0);
        Timestamps.forEach((time, at) => {
          const slot = Math.floor((time.getTime() - from) / 1000 / periodSeconds);
          if (slot >= 0 && slot < points) series[slot] = (series[slot] ?? 0) + (Values[at] ?? 0);
        });
        values.set(Id, series);
      }
      ({ NextToken } = page);
    } while (NextToken !== undefined);
  }
  const seriesOf = (name: Counted, index: number) => values.get(`${name.toLowerCase()}${index}`) ?? [];
  const record = <T>(make: (name: Counted) => T) =>
    Object.fromEntries(COUNTED.map((name) => [name, make(name)])) as Record<Counted, T>;
  return {
    from,
    to,
    periodSeconds,
    providers: providers.map((name, index) => ({
      name,
      counts: record((metric) => seriesOf(metric, index).reduce((sum, value) => sum + value, 0)),
    })),
    series: record((metric) =>
      Array.from({ length: points }, (_, point) =>
        providers.reduce((sum, _provider, index) => sum + (seriesOf(metric, index)[point] ?? 0), 0),
      ),
    ),
  };
}

/** Returns the names of providers that have counted anything in the last two weeks, sorted. */
async function providersWithMetrics(inbox: Inbox): Promise<string[]> {
  const found = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await inbox.clients.cloudwatch.send(
      new ListMetricsCommand({ Namespace: inbox.outputs.metric_namespace, NextToken }),
    );
    for (const { Dimensions = [] } of page.Metrics ?? []) {
      const [dimension, ...others] = Dimensions;
      if (others.length === 0 && dimension?.Name === "Provider" && dimension.Value)
        found.add(dimension.Value);
    }
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return [...found].sort();
}
