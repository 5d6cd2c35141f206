import { Bucket, Environments, Events } from "./events";
import { QUOTAS, WRITE_UNITS, type Platform, type QuotaName, type Traffic } from "./model";
import { randomFrom, zipf } from "./random";

export interface SimulationOptions {
  /** Seconds that webhooks come in for. */
  readonly seconds: number;
  readonly seed: number;
  /** Webhooks that lie in the queue at the start, in one group of the first provider; used instead of traffic to see it drain. */
  readonly queued?: number;
}

export interface Result {
  readonly arrived: number;
  readonly accepted: number;
  /** Turned away at the door with 429 or 503, by what. */
  readonly refused: Readonly<Record<string, number>>;
  readonly published: number;
  /** Webhooks per second over the second half, when it has settled. */
  readonly sustained: number;
  /** Accepted and not yet published, at the end of each second. */
  readonly backlog: readonly number[];
  /** From arrival until published, in seconds. */
  readonly latency: { readonly p50: number; readonly p99: number };
  /** Highest demand in one second over what the quota gives, highest first; of a group the share of time that it is busy with full batches. */
  readonly utilisation: readonly { readonly name: string; readonly share: number; readonly raise: string }[];
  readonly coldStarts: number;
  /** When the last was published, in seconds. */
  readonly finishedAt: number;
}

interface Group {
  readonly waiting: number[];
  /** Whether it keeps the latest time of its events: by default where a group is a provider. */
  readonly keepsTime: boolean;
  readonly sends: Bucket;
  busy: boolean;
  /** Seconds that a batch of it was being processed, each by how full it was. */
  busySeconds: number;
}

/** Tries of a call that a service throttles, and the pause before the first of them in seconds; the SDK's own. */
const TRIES = 3;
const BACKOFF_SECONDS = 0.1;

/**
 * Lets webhooks go through the path one by one: the door's token buckets, a function environment, the three calls, the
 * group's queue, batches of a group one after the other, the workflow's calls. Deterministic for a seed.
 */
export function simulate(
  platform: Platform,
  traffic: readonly Traffic[],
  { seconds, seed, queued = 0 }: SimulationOptions,
): Result {
  const random = randomFrom(seed);
  const events = new Events();
  const quota = Object.fromEntries(
    QUOTAS.map((name) => [name, new Bucket(platform.quotas[name].rate, platform.quotas[name].burst)]),
  ) as Record<QuotaName, Bucket>;
  const environments = () => new Environments(platform.idleSeconds, platform.coldStartSeconds);
  const [ingestion, processing] = [environments(), environments()];
  const groups = new Map<string, Group>();
  const ready: Group[] = [];
  const refused: Record<string, number> = {};
  const latencies: number[] = [];
  const backlog: number[] = [];
  const publishedIn: number[] = [];
  let [arrived, accepted, published, inFlight, concurrent, mostConcurrent] = [0, 0, 0, 0, 0, 0];
  let finishedAt = 0;

  const varied = (mean: number) =>
    mean * (1 - platform.jitter) - mean * platform.jitter * Math.log(1 - random());
  const refuse = (by: string) => (refused[by] = (refused[by] ?? 0) + 1);

  /** Asks again while the service throttles, as the SDK does. */
  function call(bucket: Bucket, amount: number, done: () => void, failed: () => void, tried = 1): void {
    if (bucket.take(events.now, amount)) return done();
    if (tried === TRIES) return failed();
    events.at(events.now + BACKOFF_SECONDS * 2 ** (tried - 1), () =>
      call(bucket, amount, done, failed, tried + 1),
    );
  }

  function environment(pool: Environments): number | undefined {
    if (concurrent >= platform.concurrency.most) return undefined;
    concurrent += 1;
    mostConcurrent = Math.max(mostConcurrent, concurrent);
    return pool.take(events.now);
  }
  function release(pool: Environments): void {
    concurrent -= 1;
    pool.give(events.now);
  }

  function groupOf(name: string, keepsTime: boolean): Group {
    const known = groups.get(name);
    if (known) return known;
    const { rate, burst } = platform.quotas["SQS, sends per group"];
    const group = { waiting: [], keepsTime, sends: new Bucket(rate, burst), busy: false, busySeconds: 0 };
    groups.set(name, group);
    return group;
  }

  function arrive(path: Bucket | undefined, groupName: string, keepsTime: boolean): void {
    arrived += 1;
    const at = events.now;
    if (path && !path.take(at)) return void refuse("the path's throttle");
    if (!quota["API Gateway, account"].take(at)) return void refuse("API Gateway, account");
    const start = environment(ingestion);
    if (start === undefined) return void refuse("functions, concurrency");
    events.at(at + start + varied(platform.ingestSeconds), () => {
      const group = groupOf(groupName, keepsTime);
      const fail = (by: string) => () => {
        refuse(by);
        release(ingestion);
      };
      const queue = () => {
        release(ingestion);
        accepted += 1;
        enqueue(group, at);
      };
      call(
        quota["DynamoDB, write units"],
        WRITE_UNITS.claim,
        () => call(group.sends, 1, queue, fail("SQS, sends per group")),
        fail("DynamoDB, write units"),
      );
    });
  }

  function enqueue(group: Group, arrivedAt: number): void {
    group.waiting.push(arrivedAt);
    if (!group.busy && group.waiting.length === 1) ready.push(group);
    takeBatches();
  }

  function takeBatches(): void {
    while (ready.length > 0 && inFlight < platform.batchesAtOnce) {
      const start = environment(processing);
      if (start === undefined) {
        // The event source mapping comes again.
        events.at(events.now + 0.1, takeBatches);
        return;
      }
      const group = ready.shift() as Group;
      group.busy = true;
      inFlight += 1;
      run(group, group.waiting.splice(0, platform.batchSize), start);
    }
  }

  function run(group: Group, batch: readonly number[], start: number): void {
    const { perBatch, perWebhook } = platform.processSeconds;
    const again = () => events.at(events.now + 1, () => run(group, batch, 0));
    const begunAt = events.now;
    const written = WRITE_UNITS.status * batch.length + (group.keepsTime ? WRITE_UNITS.group : 0);
    const execute = () =>
      events.at(events.now + start + varied(perBatch + perWebhook * batch.length), () =>
        call(
          quota["EventBridge, PutEvents"],
          1,
          () => call(quota["DynamoDB, write units"], written, done, again),
          again,
        ),
      );
    const done = () => {
      release(processing);
      finishedAt = events.now;
      published += batch.length;
      const second = Math.floor(events.now);
      publishedIn[second] = (publishedIn[second] ?? 0) + batch.length;
      for (const arrivedAt of batch) latencies.push(events.now - arrivedAt);
      events.at(events.now + platform.gapSeconds, () => {
        inFlight -= 1;
        // A batch that is not full could have taken more along.
        group.busySeconds += (events.now - begunAt) * (batch.length / platform.batchSize);
        group.busy = false;
        if (group.waiting.length > 0) ready.push(group);
        takeBatches();
      });
    };
    call(quota["Step Functions, starts"], 1, execute, again);
  }

  for (const source of traffic) schedule(source);
  if (queued > 0) {
    const group = groupOf("queued", true);
    group.waiting.push(...Array.from({ length: queued }, () => 0));
    ready.push(group);
    events.at(0, takeBatches);
  }
  for (let second = 1; second <= seconds; second += 1)
    events.at(second, () => backlog.push(accepted - published));
  events.run(seconds);

  /** Arrivals at random, in every n-th second only for a burstiness of n. */
  function schedule({ provider, rate, burstiness, entities, skew, throttle }: Traffic): void {
    const pick = zipf(entities, skew, random);
    const path = throttle && new Bucket(throttle.rate, throttle.burst);
    let busyTime = 0;
    const next = () => {
      busyTime -= Math.log(1 - random()) / (rate * burstiness);
      const at = Math.floor(busyTime) * burstiness + (busyTime % 1);
      if (at >= seconds) return;
      events.at(at, () => {
        const ordersByProvider = entities === 1;
        arrive(path, ordersByProvider ? provider : `${provider}:${pick()}`, ordersByProvider);
        next();
      });
    };
    next();
  }

  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? NaN;
  const half = Math.floor(seconds / 2);
  const settled = publishedIn.slice(half, Math.floor(seconds)).reduce((sum, count) => sum + (count ?? 0), 0);
  const busiest = Math.max(0, ...[...groups.values()].map(({ sends }) => sends.peak));
  const shares = QUOTAS.map((name) => {
    const { rate, raise } = platform.quotas[name];
    const peak = name === "SQS, sends per group" ? busiest : quota[name].peak;
    return { name: name as string, share: peak / rate, raise };
  });
  const { most, raise } = platform.concurrency;
  const busySeconds = Math.max(0, ...[...groups.values()].map((group) => group.busySeconds));
  const limits = [
    ...shares,
    { name: "functions, concurrency", share: mostConcurrent / most, raise },
    {
      name: "one batch of a group at a time",
      share: busySeconds / seconds,
      raise: "the number of groups, by an orderingKey of more values",
    },
  ];
  return {
    arrived,
    accepted,
    refused,
    published,
    sustained: settled / (Math.floor(seconds) - half),
    backlog,
    latency: { p50: at(0.5), p99: at(0.99) },
    utilisation: limits.sort((a, b) => b.share - a.share),
    coldStarts: ingestion.coldStarts + processing.coldStarts,
    finishedAt,
  };
}
