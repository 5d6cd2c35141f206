import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Figure } from "./figure";

/**
 * Returns a figure that is measured on a stack in a process of its own: a process deploys only one stack, and that of
 * the other figures has no consumers.
 */
const figure = (name: string, unit: string, title: string): Figure => ({
  name,
  title,
  unit,
  async measure({ rounds }) {
    const args = [...process.execArgv, join(__dirname, "consumers-alone.ts"), name, String(rounds)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
    if (code !== 0) throw new Error(`${name} could not be measured`);
    return JSON.parse(output.trim().split("\n").at(-1) ?? "") as number[];
  },
});

/** Throughput of one consumer on the local stack. */
export const consumerFigures: readonly Figure[] = [
  figure("consumer-queue-group", "events/s", "a queue consumer, one group in batches of ten"),
  figure("consumer-queue-groups", "events/s", "the same, ten groups with ten readers"),
  figure("consumer-http-group", "deliveries/s", "a consumer over HTTP, one group in order"),
  figure("consumer-http-groups", "deliveries/s", "the same, ten groups at concurrency 10"),
];
