import { loaded } from "./interrupted";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { pc } from "../terminal/colours";
import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { schemeOf, withQuery, type ConfiguredScheme } from "../providers";
import { judge, type Delivery, type PublishedEvent, type Verdict } from "./demo-verdict";
import {
  acceptedId,
  post,
  postSigned,
  replyTo,
  signedHeaders,
  signedRequest,
  type Reply,
  type SignedRequest,
} from "../inbox/operations/send";
import { seconds } from "../terminal/progress";
import { payloadOf, SAMPLES } from "./samples";
import { connectLocal, type Inbox } from "../inbox/connect";
import type { LocalProvider } from "../inbox/local-stack";
import { findById } from "../inbox/records/find";
import type { LocalStack } from "./stack";
import { table } from "../terminal/table";
import { optionsOf } from "./usage";
import { withStack } from "./with-stack";

const HELP = `Deploys the inbox to a local AWS, sends it signed sample webhooks and some that must be rejected, and shows
what became of each. Ends everything again. Exit code 0 only if all arrived as they should: in order, once.

  npm run demo [-- --json]

  --json   the result as JSON on standard output
`;

/** Longest time until all webhooks must be published, in milliseconds. */
const DRAIN_TIMEOUT_MS = 30_000;
const STALE_MS = 10 * 60_000;

async function sendAll(stack: LocalStack): Promise<Delivery[]> {
  const { outputs, providers } = stack;
  /** Returns the URL to which a provider sends, and how it signs. */
  const sender = (name: string) => {
    const provider = providers[name];
    if (!provider) throw new Error(`Pulumi.local.yaml has no provider ${name}; the demo sends samples of it`);
    return { signedUrl: url(name), ...provider, url: url(name) };
  };
  const url = (name: string) => `${outputs.api_endpoint}/${name}`;

  const deliveries: Delivery[] = [];
  for (const { provider, file, ...message } of SAMPLES) {
    const to = sender(provider);
    const request = signedRequest({ ...to, ...message, body: payloadOf(file) });
    const reply = await post(withQuery(to.url, request.query), request.headers, request.body);
    const id = acceptedId(to.scheme, request, reply);
    deliveries.push({
      provider,
      what: file.replace(/\.\w+$/, "").replace(/^[a-z]+-/, ""),
      expected: answerTo(to.scheme, request),
      answer: reply.status,
      isEvent: true,
      ...(id !== undefined && { id }),
    });
  }

  const notJson = await postSigned({ ...sender("acme"), body: Buffer.from("{ cut o") });
  deliveries.push({
    provider: "acme",
    what: "signed, but not JSON",
    expected: 202,
    answer: notJson.status,
    isEvent: true,
    ...(typeof notJson.json["id"] === "string" && { id: notJson.json["id"] }),
  });

  const other = (provider: string, what: string, expected: number, { status, json }: Reply): Delivery => ({
    provider,
    what,
    expected,
    answer: status,
    isEvent: false,
    ...(typeof json["id"] === "string" && { id: json["id"] }),
  });
  const stripe = { ...sender("stripe"), body: payloadOf("stripe-invoice-paid.json") };
  const github = { ...sender("github"), body: payloadOf("github-pull-request.json") };
  const twilio = { ...sender("twilio"), body: payloadOf("twilio-message-delivered.form") };
  const tampered = Buffer.from(String(stripe.body).replace("4200", "9999"));
  const stale = Date.now() - STALE_MS;
  deliveries.push(
    other("stripe", "the first one again", 200, await postSigned(stripe)),
    ...(await askedFirst(sender)),
    other("stripe", "body changed on the way", 401, await post(stripe.url, signedHeaders(stripe), tampered)),
    other("stripe", "signed ten minutes ago", 401, await postSigned({ ...stripe, now: stale })),
    other("github", "signed with another secret", 401, await postSigned({ ...github, secret: "not-it" })),
    other(
      "twilio",
      "signed for another address",
      401,
      await postSigned({ ...twilio, signedUrl: stripe.url }),
    ),
    other("stripe", "without a signature", 400, await post(stripe.url, {}, stripe.body)),
    other("nobody", "provider not configured", 404, await post(url("nobody"), {}, "{}")),
  );
  return deliveries;
}

/** Returns the status code that the provider counts as a success. */
function answerTo(scheme: ConfiguredScheme, { headers }: Pick<SignedRequest, "headers">): number {
  const { success } = schemeOf(scheme) ?? {};
  return success && (success.only ?? headers["Content-Type"]) === headers["Content-Type"]
    ? success.status
    : 202;
}

/** Sends each kind of challenge, as providers do before their first webhook. They are answered and not stored. */
async function askedFirst(
  sender: (name: string) => LocalProvider & { readonly url: string },
): Promise<Delivery[]> {
  const asked = (provider: string, what: string, holds: string, { status, body }: Reply): Delivery => ({
    provider,
    what,
    expected: 200,
    answer: status,
    isEvent: false,
    ...(!body.includes(holds) && { wrong: `its answer does not hold ${holds}` }),
  });
  const [slack, meta, zoom] = [sender("slack"), sender("meta"), sender("zoom")];
  const slackAsks = payloadOf("slack-url-verification.json");
  const zoomAsks = payloadOf("zoom-url-validation.json");
  const query = new URLSearchParams({
    "hub.mode": "subscribe",
    "hub.verify_token": meta.verifyToken ?? "",
    "hub.challenge": "1158201444",
  });
  const token = createHmac("sha256", zoom.secret).update("qgg8vlvZRS6UYooatFL8Aw").digest("hex");
  return [
    asked("slack", "handshake, signed", "3eZbrw1aB", await postSigned({ ...slack, body: slackAsks })),
    asked("zoom", "handshake, answer signed", token, await postSigned({ ...zoom, body: zoomAsks })),
    asked("meta", "handshake by GET", "1158201444", await replyTo(`${meta.url}?${query}`, {})),
  ];
}

/** Returns the events in the example consumer's log, in the order of publishing. */
async function publishedEvents({ outputs, clients }: Inbox): Promise<PublishedEvent[]> {
  const { events = [] } = await clients.logs.send(
    new FilterLogEventsCommand({ logGroupName: outputs.event_log_group_name }),
  );
  return events.map(({ message = "{}" }) => {
    const { source, detail, ...event } = JSON.parse(message) as {
      source: string;
      "detail-type": string;
      resources: string[];
      detail: { id: string };
    };
    return {
      provider: source.replace("webhook.", ""),
      id: detail.id,
      type: event["detail-type"],
      execution: event.resources[0]?.split(":").at(-1) ?? "",
    };
  });
}

async function statusOf(inbox: Inbox, { provider, id }: Delivery): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const [record] = await findById(inbox, [provider], id);
  return record?.status ?? "no record";
}

/** Waits until every accepted webhook is published, or the time is over; the verdict says which. */
async function settled(stack: LocalStack, deliveries: readonly Delivery[]): Promise<Verdict> {
  const inbox = connectLocal(stack);
  const deadline = Date.now() + DRAIN_TIMEOUT_MS;
  for (;;) {
    const statuses = await Promise.all(deliveries.map((delivery) => statusOf(inbox, delivery)));
    const verdict = judge(deliveries, statuses, await publishedEvents(inbox));
    if (verdict.complete || Date.now() > deadline) return verdict;
    await pause(100);
  }
}

/**
 * Number of characters to which an execution's name is shortened. Its end is kept, which distinguishes it from others.
 */
const EXECUTION_WIDTH = 30;

function shortened(execution: string): string {
  const surplus = execution.length - EXECUTION_WIDTH;
  if (surplus <= 0) return execution;
  const kept = EXECUTION_WIDTH - 15;
  return `${execution.slice(0, kept)}…${execution.slice(-14)}`;
}

function print(verdict: Verdict): void {
  const rows = verdict.rows.map((row, index) => [
    pc.dim(String(index + 1)),
    row.provider,
    row.what,
    row.answer === row.expected ? pc.green(String(row.answer)) : pc.red(`${row.answer}, not ${row.expected}`),
    row.status ?? pc.dim("not stored"),
    row.position === undefined ? pc.dim("-") : `${row.position}. ${row.type}`,
    pc.dim(shortened(row.execution ?? "-")),
  ]);
  console.log(
    `\n${table(["#", "provider", "webhook", "answer", "status", "event on the bus", "execution"], rows)}\n`,
  );
  for (const problem of verdict.problems) console.log(pc.red(`✖ ${problem}`));
}

loaded();
const values = optionsOf({ json: { type: "boolean" } }, HELP);
const startedAt = performance.now();
void withStack({}, async (stack, progress) => {
  progress.step(
    `deployed ${stack.deployment.resources} resources in ${seconds(stack.deployment.ms)}; sending webhooks`,
  );
  const deliveries = await sendAll(stack);
  progress.step("waiting for all webhooks to be processed");
  const verdict = await settled(stack, deliveries);
  progress.step("stopping the local AWS");
  if (values.json) console.log(JSON.stringify(verdict, null, 2));
  else print(verdict);
  await stack.stop();
  progress.done();
  if (!values.json && verdict.problems.length === 0) {
    console.log(
      pc.green(
        `✔ ${verdict.published} webhooks of ${verdict.providers} providers published, each once and in order; ${verdict.rejected} rejected`,
      ) + pc.dim(` (${seconds(performance.now() - startedAt)})`),
    );
    console.log(`\nNext: ${pc.bold("npm start")} keeps it running, ${pc.bold("npm test")} proves it.`);
  }
  return verdict.problems.length === 0 ? 0 : 1;
});
