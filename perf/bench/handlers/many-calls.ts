/** Runs the ingestion function many times in a process of its own and prints what it cost, as JSON. */
import type { Context } from "aws-lambda";
import { handler } from "../../../functions/ingest";
import { apiEvent, SECRET } from "./request";

/** Milliseconds of CPU per webhook, and bytes on the heap after a collection, per round. */
export interface Cost {
  readonly cpuMs: number;
  readonly heapBytes: number;
}

const [rounds, calls] = process.argv.slice(2).map(Number) as [number, number];
globalThis.fetch = () => Promise.resolve(new Response(JSON.stringify({ Parameter: { Value: SECRET } })));
const print = console.log;
console.log = () => undefined;

async function round(number: number): Promise<Cost> {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    // A new id each, so that nothing can be kept by id without being seen.
    const answer = await handler(apiEvent(`evt_${number}_${call}`), {} as Context, () => undefined);
    if (answer?.statusCode !== 202) throw new Error(`answered ${answer?.statusCode}: ${answer?.body}`);
  }
  const { user, system } = process.cpuUsage(before);
  globalThis.gc?.();
  return { cpuMs: (user + system) / 1_000 / calls, heapBytes: process.memoryUsage().heapUsed };
}

async function main(): Promise<void> {
  const costs: Cost[] = [];
  // The first is to warm up.
  for (let number = 0; number <= rounds; number += 1) costs.push(await round(number));
  print(JSON.stringify(costs.slice(1)));
}

void main();
