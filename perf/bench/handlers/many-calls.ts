/** Runs the ingestion function many times in a process of its own and prints what it cost, as JSON. */
import { HttpResponse } from "@smithy/core/protocols";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Context } from "aws-lambda";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { handler } from "../../../functions/ingest";
import { apiEvent, PROVIDERS, SECRET } from "./request";

/** Costs of one round: milliseconds of CPU per webhook, and bytes on the heap after a collection. */
export interface Cost {
  readonly cpuMs: number;
  readonly heapBytes: number;
}

/**
 * Number of requests that are made before their calls are measured, since making a request costs more than its call.
 */
const AT_ONCE = 500;

const [rounds, calls] = process.argv.slice(2).map(Number) as [number, number];
// Answers requests to AWS at once instead of sending them: the functions still sign and serialise them.
NodeHttpHandler.prototype.handle = ({ body }) => {
  const answer = Readable.from([answerTo(String(body))]);
  return Promise.resolve({ response: new HttpResponse({ statusCode: 200, headers: {}, body: answer }) });
};
const print = process.stdout.write.bind(process.stdout);
// Drops what the functions log: a line per webhook, which goes to CloudWatch.
process.stdout.write = () => true;

function answerTo(body: string): string {
  if (body.includes('"WithDecryption"'))
    return JSON.stringify({
      Parameters: PROVIDERS.map(({ secret }) => ({ Name: secret.ssm, Value: SECRET })),
    });
  if (!body.includes('"MessageBody"')) return "{}";
  const { MessageBody } = JSON.parse(body) as { readonly MessageBody: string };
  return JSON.stringify({ MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") });
}

async function round(number: number): Promise<Cost> {
  let cpuMicroseconds = 0;
  for (let call = 0; call < calls; call += AT_ONCE) {
    // Uses a new id for each event, so that anything that is kept by id shows in the figures.
    const events = Array.from({ length: AT_ONCE }, (_, index) => apiEvent(`evt_${number}_${call + index}`));
    const before = process.cpuUsage();
    for (const event of events) {
      const answer = await handler(event, {} as Context, () => undefined);
      if (answer?.statusCode !== 202) throw new Error(`answered ${answer?.statusCode}: ${answer?.body}`);
    }
    const { user, system } = process.cpuUsage(before);
    cpuMicroseconds += user + system;
  }
  globalThis.gc?.();
  return { cpuMs: cpuMicroseconds / 1_000 / calls, heapBytes: process.memoryUsage().heapUsed };
}

async function main(): Promise<void> {
  const costs: Cost[] = [];
  // Runs one round more, the first, to warm up.
  for (let number = 0; number <= rounds; number += 1) costs.push(await round(number));
  print(JSON.stringify(costs.slice(1)));
}

void main();
