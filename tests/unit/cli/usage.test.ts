import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgram } from "../../../cli/program";
import { UsageError } from "../../../inbox/errors";

let folder: string;
let outputs: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "usage-"));
  outputs = join(folder, "outputs.json");
  const provider = (name: string) => ({ name, scheme: name, secret: { ssm: `/${name}` } });
  const names = ["api_endpoint", "dynamodb_table_name", "s3_bucket_name", "sqs_queue_url", "dlq_url"];
  const more = ["event_log_group_name", "state_machine_arn", "workflow_log_group_name", "metric_namespace"];
  const functions = ["ingestion_function_name", "processing_function_name"];
  writeFileSync(
    outputs,
    JSON.stringify({
      ...Object.fromEntries([...names, ...more, ...functions].map((name) => [name, "x"])),
      eventbridge_bus_arn: "arn:aws:events:eu-west-1:000000000000:event-bus/x",
      providers: [provider("github"), provider("paypal"), provider("stripe")],
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command that is wrong before it calls AWS. */
const run = (args: string) =>
  createProgram().parseAsync([...args.split(" "), "--outputs", outputs], { from: "user" });

test.each([
  "list --provider strpe",
  "show evt_1 --provider strpe",
  "trace evt_1 --provider strpe",
  "tail --provider strpe",
  "doctor --provider strpe",
  "listen --provider strpe --forward-to http://localhost:3000/",
  "replay --provider strpe",
  "dlq list --provider strpe",
  "dlq redrive --provider strpe",
  "rejected list --provider strpe",
  "rejected release --provider strpe",
  "secrets add strpe",
  "secrets list strpe",
  "secrets retire strpe 0",
])("webhooks %s asks whether stripe was meant", async (args) => {
  await expect(run(args)).rejects.toThrow(UsageError);
  await expect(run(args)).rejects.toThrow(
    "The stack has no provider strpe. Did you mean stripe? It has github, paypal, stripe.",
  );
});

test.each([
  [
    "listen --forward-to http://localhost:3000/",
    /^This stack is not the local one: .* Give --allow-production if that is meant\.$/,
  ],
  ["listen --forward-to http://10.0.0.7/ --allow-production", /without encryption. Give https:\/\//],
  ["listen --forward-to localhost:3000 --allow-production", /is no address\. Give one such as http:/],
  ["listen --forward-to http://localhost:3000/ --when ( --allow-production", /^--when is no JSONata: /],
  [
    "listen --forward-to http://localhost:3000/ --provider paypal --allow-production",
    /^paypal has no original form\. Handlers check .* Give --as cloudevent\.$/,
  ],
  ["replay --since 2h --secret x", /go with --to\.$/],
  ["replay --since 2h --until 3h", /^Empty range \S+ to \S+: --since has to be before --until\.$/],
  ["replay --since 2026-01-02 --until 2026-01-02", /^Empty range/],
  ["replay --since 2999-01-01", /^Empty range/],
  ["dlq list --older-than 2h --newer-than 1h", /--older-than has to be the shorter of the two/],
])("webhooks %s means nothing, and says so", async (args, message) => {
  await expect(run(args)).rejects.toThrow(UsageError);
  await expect(run(args)).rejects.toThrow(message);
});
