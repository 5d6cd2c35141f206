import { transformInput } from "../../../local/gaps/input-transformer";

/*
 * The examples and rules of AWS's guide.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
const EVENT = {
  "detail-type": "EC2 Instance State-change Notification",
  time: "2015-11-11T21:29:54Z",
  resources: ["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],
  detail: { "instance-id": "i-0123456789", state: "RUNNING", count: 3, quoted: 'a "b"', tags: { a: "b" } },
};
const InputPathsMap = {
  timestamp: "$.time",
  instance: "$.detail.instance-id",
  state: "$.detail.state",
  count: "$.detail.count",
  quoted: "$.detail.quoted",
  tags: "$.detail.tags",
  resource: "$.resources[0]",
  missing: "$.detail.not-there.nor-this",
};
const transformed = (InputTemplate: string) => transformInput({ InputPathsMap, InputTemplate }, EVENT);

test.each([
  ["a text", '"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'],
  ["a text with escaped quotes", String.raw`"is \"<state>\""`, String.raw`"is \"RUNNING\""`],
  ["variables as values", '{"instance":<instance>,"n":<count>}', '{"instance":"i-0123456789","n":3}'],
  ["an object as a value", '{"tags":<tags>}', '{"tags":{"a":"b"}}'],
  ["a mix", '{"state":[9,<state>,true],"as":"<state>"}', '{"state":[9,"RUNNING",true],"as":"RUNNING"}'],
  ["an item of a list", '"<resource>"', '"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"'],
  ["what the map does not name", '"<instance-id>"', '""'],
])("%s", (_, template, expected) => expect(transformed(template)).toBe(expected));

test("a value with quotes is escaped as a value, and not inside of a text", () => {
  expect(transformed('{"q":<quoted>}')).toBe(String.raw`{"q":"a \"b\""}`);
  expect(transformed('"<quoted>"')).toBe('"a "b""');
});

test("an object inside of a text loses its quotes", () => expect(transformed('"<tags>"')).toBe('"{a:b}"'));

/** As AWS did on 2024-03-26: localstack/localstack, tests/aws/services/events/test_events_inputs.snapshot.json. */
test("a path that leads nowhere is an empty text", () =>
  expect(transformed('"info <missing>"')).toBe('"info "'));
