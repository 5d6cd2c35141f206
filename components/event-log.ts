/**
 * What EventBridge writes to the events' log where payloads stay out of it: the event without `data`, and without
 * `datacontenttype`, which describes it. A transformer puts values between quotes as they are, so each of these fields is
 * free of quotes, backslashes and control characters; of the type that holds for `encodedtype` only. A path that leads
 * nowhere becomes an empty text. `inbox/logged-event.ts` reads it.
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
    replay: "$.detail.replay",
    sequence: "$.detail.sequence",
    outoforder: "$.detail.outoforder",
    dataref: "$.detail.dataref",
  },
};

/** Returns an input transformer for a target that is a log group: such a one takes `timestamp` and `message`, both texts. */
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
