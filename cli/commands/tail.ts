import { Command } from "commander";
import { followEvents, type BusEvent } from "../../inbox/events";
import { payloadOf, type EventPayload } from "../../inbox/event-payload";
import { hasPayload } from "../../inbox/logged-event";
import { prettyJson } from "../../inbox/pretty-json";
import { pc } from "../../terminal/colours";
import { interruptible } from "../../terminal/interrupt";
import { connectTo, pointInTime, positive, withStackOptions, type StackOptions } from "../options/stack";
import { asJson, sanitize, note } from "../../terminal/output";

interface Options extends StackOptions {
  readonly provider?: string;
  readonly since?: string;
  readonly count?: number;
  readonly payload?: true;
}

async function tail({ since, count = Infinity, ...options }: Options): Promise<void> {
  const { provider } = options;
  const now = Date.now();
  // Rounds down: EventBridge reports whole seconds.
  const from = Math.floor((since === undefined ? now : pointInTime(since, now)) / 1_000) * 1_000;
  const inbox = await connectTo(options);
  await interruptible(async (signal) => {
    if (!options.json && process.stdout.isTTY) {
      note(`Waiting for events${provider === undefined ? "" : ` of ${provider}`}. Ctrl-C ends it.`);
    }
    let shown = 0;
    const events = followEvents(inbox, { since: from, signal, ...(provider !== undefined && { provider }) });
    for await (const event of events) {
      const payload = options.payload && (await payloadOf(inbox, event));
      if (options.json) console.log(asJson({ ...event, ...(payload && { payload }) }));
      else console.log([asLine(event), ...(payload ? [asBlock(payload)] : [])].join("\n"));
      if (options.json && !options.payload && shown === 0 && !hasPayload(event)) note(WITHOUT_DATA);
      shown += 1;
      if (shown >= count) break;
    }
  });
}

const WITHOUT_DATA =
  "The log keeps events without data (eventLogData: false). --payload reads each webhook's payload from S3.";

function asBlock({ uri, text }: EventPayload): string {
  return `${pc.dim(uri)}\n${text === null ? pc.red("gone") : sanitize(prettyJson(text), "\n\t")}`;
}

/** Widths of columns that most names fit into: a stream has no last row, so the widest name is not known. */
const WIDTHS = { provider: 10, type: 26 } as const;

/** Formats an event. One that another program published is named by EventBridge's own fields. */
function asLine({ time, source, "detail-type": kind, id: own, detail }: BusEvent): string {
  const { provider = source, type = kind, id = own, replay = 0 }: Partial<BusEvent["detail"]> = detail;
  const clock = time.slice(11, 19);
  const columns = [
    pc.dim(clock),
    sanitize(provider).padEnd(WIDTHS.provider),
    sanitize(type).padEnd(WIDTHS.type),
  ];
  return [...columns, pc.bold(sanitize(id)), ...(replay > 0 ? [pc.yellow(`replay ${replay}`)] : [])].join(
    "  ",
  );
}

/** `webhooks tail` */
export function tailCommand(): Command {
  const command = new Command("tail")
    .description("Shows events as they are published on the bus, until Ctrl-C.")
    .option("--provider <name>", "only of this provider")
    .option("--since <time>", "also those since: 2026-01-02T03:04:05Z, 2026-01-02, or 15m")
    .option("--count <n>", "exits after this many", positive)
    .option("--payload", "also each webhook's payload as it was received, and its address in S3")
    .addHelpText(
      "after",
      `
It reads the log that the bus's rules write to, so it needs nothing set up and costs nothing. On AWS an event shows a few
seconds after it was published. --json prints one event per line; its data, whole as consumers get it, only if the stack
has eventLogData: true, as the local one has. Times are UTC.

Examples:
  webhooks tail
  webhooks tail --provider stripe --since 15m --stack prod
  webhooks tail --json | jq -c '.detail.data'
  webhooks tail --json --payload --stack prod | jq -c '.payload.text | fromjson'
  webhooks tail --count 1 --json > event.json`,
    );
  return withStackOptions(command).action(tail);
}
