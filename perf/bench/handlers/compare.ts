import type { APIGatewayProxyResult } from "aws-lambda";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { median, type Bench } from "../figure";
import type { Latencies } from "./doubles";
import { apiEvent, ENVIRONMENT, PROVIDERS } from "./request";

/**
 * Milliseconds that the services take in us-east-1 for small calls. The doubles wait for them, so that only ratios mean
 * something.
 */
export const LATENCIES: Latencies = { s3: 25, dynamodb: 6, sqs: 10 };

/** Number of pairs of calls in a round. */
const CALLS = 60;

type Handler = (event: unknown) => Promise<Pick<APIGatewayProxyResult, "statusCode">>;

/** Medians of one round, in milliseconds. */
export interface Round {
  readonly own: number;
  readonly sequential: number;
}

let compared: Promise<readonly Round[]> | undefined;

/**
 * Runs the ingestion function and the plain handler in turns, on the same doubles. Measures once for all figures that
 * use it.
 */
export function compareHandlers(bench: Bench): Promise<readonly Round[]> {
  return (compared ??= compare(bench));
}

async function compare({ rounds, step }: Bench): Promise<readonly Round[]> {
  const doubles = fork(join(__dirname, "doubles.ts"), [JSON.stringify(LATENCIES)]);
  const [port] = (await once(doubles, "message")) as [number];
  const before = { ...process.env };
  const { write } = process.stdout;
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  (globalThis as Record<string, unknown>)["PROVIDERS"] = PROVIDERS;
  // Drops what the functions log: on AWS a line per webhook goes to CloudWatch, not to a terminal.
  process.stdout.write = () => true;
  try {
    const { handler: own } = (await import("../../../functions/ingest")) as unknown as { handler: Handler };
    const { handler: sequential } = (await import("./sequential")) as unknown as { handler: Handler };
    const measured: Round[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      step(`ingestion and the plain handler, round ${round} of ${rounds}`);
      const times = { own: [] as number[], sequential: [] as number[] };
      for (let call = 0; call < CALLS; call += 1) {
        times.own.push(await timed(own, `evt_own_${round}_${call}`));
        times.sequential.push(await timed(sequential, `evt_plain_${round}_${call}`));
      }
      if (round > 0) measured.push({ own: median(times.own), sequential: median(times.sequential) });
    }
    return measured;
  } finally {
    process.stdout.write = write;
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    doubles.disconnect();
  }
}

async function timed(handler: Handler, id: string): Promise<number> {
  const event = apiEvent(id);
  const startedAt = performance.now();
  const { statusCode } = await handler(event);
  if (statusCode !== 202) throw new Error(`${id} was answered ${statusCode}`);
  return performance.now() - startedAt;
}
