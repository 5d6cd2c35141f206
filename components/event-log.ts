/**
 * Line that EventBridge writes to the events' log if it is to contain no payloads: the event without `data`, and
 * without `datacontenttype`, which describes `data`. An input transformer inserts values into quotes without escaping
 * them, so none of these fields may contain quotes, backslashes or control characters; therefore the type is taken from
 * `encodedtype`. A path without a value becomes an empty text. `inbox/logged-event.ts` reads the line.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
const MESSAGE = {
  version: "$.version",
  id: "$.id",
  "detail-type": "$.detail.encodedtype",
  source: "$.source",
  account: "$.account",
  time: "$.time",
  region: "$.region",
  resources: ["$.resources[0]"],
  detail: {
    id: "$.detail.id",
    time: "$.detail.time",
    provider: "$.detail.provider",
    receivedat: "$.detail.receivedat",
    receivedvia: "$.detail.receivedvia",
    replay: "$.detail.replay",
    sequence: "$.detail.sequence",
    outoforder: "$.detail.outoforder",
    dataref: "$.detail.dataref",
  },
};

/** Returns an input transformer for a log group as the target, which requires the texts `timestamp` and `message`. */
export function eventLogTransformer(): {
  readonly inputPaths: Record<string, string>;
  readonly inputTemplate: string;
} {
  const inputPaths: Record<string, string> = {};
  const message = JSON.stringify(MESSAGE, (_key, value: unknown) => {
    if (typeof value !== "string") return value;
    const name = value.replace(/[^\w-]+/g, "_").replace(/^_|_$/g, "");
    inputPaths[name] = value;
    return `<${name}>`;
  });
  return { inputPaths, inputTemplate: `{"timestamp":<time>,"message":${JSON.stringify(message)}}` };
}
