import { parseArgs } from "node:util";
import type { Throttle } from "../../config";
import { DEFAULT_AMOUNTS } from "./make-plan";
import { KINDS, type Amount, type Kind } from "./plan";

export const HELP = `Fires at an inbox with k6, then proves that every accepted webhook was published exactly once and in order.

  npm run load -- <smoke|throttle|spike|soak|breakpoint> [options]

  smoke        one webhook of every provider, and each way to be rejected
  throttle     several times faster than the limits; what is accepted must be what the token buckets give
  spike        nothing, then everything at once
  soak         a steady rate for long
  breakpoint   a rising rate until latency or errors break

By default a local stack is deployed for the run, with small limits for throttle. Other targets:
  --running             the stack of \`npm start\`
  --outputs <file>      a stack on AWS, by what \`pulumi stack output --json\` printed; needs --stack
  --stack <name>        its name: Pulumi.<name>.yaml says the providers and where their secrets are
  --url <address>       another address of that stack, such as its domain name
  --i-own-this-host     needed where the address is not the stack's own endpoint

How much:
  --seconds <n>         length of the constant part
  --rate <n>            requests per second; throttle: how many times the limits' rate; breakpoint: the highest
  --entities <n>        values of the ordering key that the webhooks are spread over
  --expect <burst/rate> the stage's limit to hold it to, instead of what the stack's outputs tell
  --tolerance <share>   by which what is accepted may differ from the bucket (default 0.1; 0.25 on AWS, whose throttle
                        is best effort)
  --change-limit        changes the stage's limit behind the run's back, to see throttle fail; local stack only

  --json                the result as JSON on standard output

Reports are in .cache/load/<run>/: summary.json, report.html, answers.jsonl. Exit code 0 only if everything held.`;

export interface Options {
  readonly kind: Kind;
  readonly amount: Amount;
  /** Limit of the stage, instead of the one in the stack's outputs. */
  readonly expect?: Throttle;
  readonly tolerance?: number;
  readonly changeLimit: boolean;
  readonly json: boolean;
  readonly where:
    | { readonly stack: "own" }
    | { readonly stack: "running" }
    | {
        readonly stack: "remote";
        readonly outputs: string;
        readonly name: string;
        readonly url?: string | undefined;
        readonly iOwnThisHost: boolean;
      };
}

/**
 * @returns undefined if help is requested
 * @throws saying which argument is wrong
 */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      running: { type: "boolean", default: false },
      outputs: { type: "string" },
      stack: { type: "string" },
      url: { type: "string" },
      "i-own-this-host": { type: "boolean", default: false },
      seconds: { type: "string" },
      rate: { type: "string" },
      entities: { type: "string" },
      expect: { type: "string" },
      tolerance: { type: "string" },
      "change-limit": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const kind = KINDS.find((known) => known === positionals[0]);
  if (!kind) throw new Error(`Say which: ${KINDS.join(", ")}. See --help.`);
  const usual = DEFAULT_AMOUNTS[kind];
  const tolerance = positive("--tolerance", values.tolerance);
  return {
    kind,
    amount: {
      seconds: positive("--seconds", values.seconds) ?? usual.seconds,
      rate: positive("--rate", values.rate) ?? usual.rate,
      entities: positive("--entities", values.entities) ?? usual.entities,
    },
    changeLimit: values["change-limit"],
    json: values.json,
    where: where(values),
    ...(tolerance !== undefined && { tolerance }),
    ...(values.expect !== undefined && { expect: throttle(values.expect) }),
  };
}

function where(values: {
  readonly running: boolean;
  readonly outputs?: string | undefined;
  readonly stack?: string | undefined;
  readonly url?: string | undefined;
  readonly "i-own-this-host": boolean;
}): Options["where"] {
  const { running, outputs, stack, url } = values;
  if (outputs === undefined || stack === undefined) {
    if (outputs !== undefined || stack !== undefined || url !== undefined) {
      throw new Error("A stack on AWS needs --outputs and --stack: whose endpoint it is, and who signs how.");
    }
    return { stack: running ? "running" : "own" };
  }
  return { stack: "remote", outputs, name: stack, url, iOwnThisHost: values["i-own-this-host"] };
}

function throttle(text: string): Throttle {
  const [burst, rate, ...more] = text.split("/").map(Number);
  if (!burst || !rate || !(burst > 0) || !(rate > 0) || more.length > 0) {
    throw new Error(`--expect ${text}: give burst and rate, such as 5000/10000`);
  }
  return { burst, rate };
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} ${text}: give a number above 0`);
  return value;
}
