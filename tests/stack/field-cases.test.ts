import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { gunzipSync } from "node:zlib";
import { AWAITED } from "../../functions/domain/stored-secrets";
import { readFieldCases, signedNow, type FieldCase, type FieldProvider } from "../support/field-cases";
import { startInbox, type BusEvent, type Inbox } from "../support/inbox";
import { rawRequest, type RawReply } from "../support/raw-request";

jest.setTimeout(30_000);

const { providers, cases } = readFieldCases();

/** Cases that are sent at the same time: the emulator starts a process for each request that finds none idle. */
const AT_ONCE = 2;

/** What became of a case. */
interface Result {
  readonly replies: readonly RawReply[];
  /** In the order of the bus. */
  readonly events: readonly BusEvent[];
  /** The same as the texts that the bus's target got. */
  readonly texts: readonly string[];
}

let inbox: Inbox;
const results = new Map<string, Result>();

beforeAll(async () => {
  // Deploying says what some of these providers leave open; that is tested elsewhere.
  jest.spyOn(console, "warn").mockImplementation();
  inbox = await startInbox({ config: { providers: providers.map(configured) } });
  await Promise.all(providers.map(storeSecrets));
  const replies = await sendAll();
  await inbox.emptied(90_000);
  const published = onceEach(await inbox.events.allTexts());
  for (const one of cases) {
    const answered = replies.get(one.id) ?? [];
    const own = published.filter(([event]) => belongsTo(one, answered, event));
    results.set(one.id, {
      replies: answered,
      events: own.map(([event]) => event),
      texts: own.map(([, text]) => text),
    });
  }
}, 240_000);
afterAll(() => inbox?.close());

const parameter = (name: string) => `/webhook-inbox/local/field-${name}`;

function configured({ name, scheme, secrets, learn, verifyToken, config }: FieldProvider) {
  return {
    name,
    scheme,
    ...((secrets.length > 0 || learn) && {
      secret: { ssm: parameter(name), ...(learn && { learn }) },
    }),
    ...(verifyToken !== undefined && { verifyToken: { ssm: parameter(`${name}-verify-token`) } }),
    ...config,
  };
}

/** Puts the reports' secrets in the place of the local stack's random ones, before a function has read any. */
async function storeSecrets({ name, secrets, learn, verifyToken }: FieldProvider): Promise<void> {
  const ssm = new SSMClient(inbox.stack.emulator.client);
  const store = (Name: string, Value: string) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString", Overwrite: true }));
  const [first] = secrets;
  if (first !== undefined)
    await store(parameter(name), secrets.length === 1 ? first : JSON.stringify(secrets));
  if (learn) await store(parameter(name), AWAITED);
  if (verifyToken !== undefined) await store(parameter(`${name}-verify-token`), verifyToken);
}

/**
 * Leaves out repeats of one message: an execution that does not end in time on a busy machine is started again, since
 * publishing is at least once. A webhook that was accepted twice is in two messages, and stays.
 */
function onceEach<Published extends [BusEvent, string]>(published: readonly Published[]): Published[] {
  const messages = new Map(published.map((one) => [`${one[0].detail.id} ${one[0].detail["sequence"]}`, one]));
  return [...messages.values()];
}

/** Sends every case, last those that send all at once. @returns the answers, in the order of the case's requests */
async function sendAll(): Promise<ReadonlyMap<string, readonly RawReply[]>> {
  const replies = new Map<string, readonly RawReply[]>();
  const waiting = cases.filter(({ concurrent }) => !concurrent);
  const sender = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) replies.set(next.id, await sendCase(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  await inbox.emptied(90_000);
  for (const burst of cases.filter(({ concurrent }) => concurrent))
    replies.set(burst.id, await sendCase(burst));
  return replies;
}

async function sendCase({ provider: name, transport, concurrent, requests }: FieldCase): Promise<RawReply[]> {
  const provider = providers.find((one) => one.name === name);
  if (!provider) throw new Error(`the cases name no provider ${name}`);
  const send = (request: FieldCase["requests"][number]) =>
    rawRequest(inbox.stack.outputs.api_endpoint + request.path.replace(/^\/webhook/, ""), {
      ...signedNow(request, provider),
      expectContinue: transport?.startsWith("Expect: 100-continue") ?? false,
    });
  if (concurrent) return Promise.all(requests.map((request) => again(() => send(request))));
  const replies: RawReply[] = [];
  for (const request of requests) replies.push(await send(request));
  return replies;
}

/** A 503 asks a provider to send again, and many processes at once can be too much for a small machine. */
async function again(send: () => Promise<RawReply>, times = 5): Promise<RawReply> {
  const reply = await send();
  return reply.status === 503 && times > 1 ? again(send, times - 1) : reply;
}

/**
 * By the provider if the case is its only one, else by the id that the answer told or by the case's marker, which each
 * body holds that gets an answer without an id.
 */
function belongsTo({ id, provider }: FieldCase, replies: readonly RawReply[], event: BusEvent): boolean {
  if (event.source !== `webhook.${provider}`) return false;
  if (cases.filter((other) => other.provider === provider).length === 1) return true;
  const detail = Object(event.detail) as Record<string, unknown>;
  if (replies.some(({ json }) => json["id"] !== undefined && json["id"] === detail["id"])) return true;
  const base64 = typeof detail["data_base64"] === "string" ? detail["data_base64"] : "";
  const marker = new RegExp(`mk-?${id.replace(/s$/, "")}-?61`);
  return marker.test(JSON.stringify(event.detail)) || marker.test(bytes(base64).toString("utf8"));
}

const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");

describe.each(providers.filter(({ name }) => cases.some(({ provider }) => provider === name)))(
  "$name",
  ({ name }) => {
    test.each(cases.filter(({ provider }) => provider === name))("$id: $reported", (fieldCase) => {
      const { id, requests, events: expected, type } = fieldCase;
      const result = results.get(id);
      if (!result) throw new Error(`${id} was not sent`);
      const { replies, events } = result;
      const right = requests.map(({ status }, index) =>
        [status].flat().includes(replies[index]?.status ?? 0) ? replies[index]?.status : status,
      );
      expect(replies.map(({ status }) => status)).toEqual(right);
      if (expected !== "all accepted") expect(events).toHaveLength(expected);
      if (type !== undefined) expect(new Set(events.map(detailType))).toEqual(new Set([type]));
      CHECKS[id]?.(result);
    });
  },
);

const detailType = (event: BusEvent): string => event["detail-type"];
const dataOf = (event: BusEvent | undefined): unknown => event?.detail.data;
const fieldOf = (event: BusEvent | undefined, field: string): unknown =>
  (Object(dataOf(event)) as Record<string, unknown>)[field];

/** The one event's payload is this value. */
const dataIs =
  (value: unknown) =>
  ({ events: [event] }: Result): void =>
    expect(dataOf(event)).toEqual(value);

/** The one event holds these digits as they were sent. */
const holdsDigits =
  (...digits: readonly string[]) =>
  ({ texts: [text = ""] }: Result): void => {
    for (const number of digits) expect(text).toContain(number);
  };

/** The one event holds the bytes that were sent, or what they say. */
const holdsTheBody =
  (body: Buffer, value?: unknown) =>
  ({ events: [event] }: Result): void => {
    const base64 = event?.detail["data_base64"];
    if (typeof base64 === "string") expect(bytes(base64)).toEqual(body);
    else expect(dataOf(event)).toEqual(value);
  };

/** The types of the events, in any order. */
const typesAre =
  (...types: readonly string[]) =>
  ({ events }: Result): void =>
    expect(events.map(detailType).sort()).toEqual([...types].sort());

const answersWith =
  (text: string) =>
  ({ replies: [reply] }: Result): void =>
    expect(reply?.text).toContain(text);

const bodyOf = (id: string): Buffer => {
  const [request] = cases.find((one) => one.id === id)?.requests ?? [];
  const provider = providers[0];
  if (!request || !provider) throw new Error(`there is no case ${id}`);
  return signedNow(request, provider).body;
};

/** What is right of single cases beyond the answer, the number of events and their type. */
const CHECKS: Readonly<Record<string, (result: Result) => void>> = {
  T03: ({ events: [event] }) => expect(fieldOf(event, "repository")).toEqual({ id: 11, full_name: "o/r" }),
  T07: dataIs({ id: "mk-T07-61" }),
  T09: holdsTheBody(bodyOf("T09"), { id: "mk-T09-61" }),
  T15: ({ events: [event] }) => expect(fieldOf(event, "data")).toBeDefined(),
  T16: holdsTheBody(bodyOf("T16"), JSON.parse(gunzipSync(bodyOf("T16")).toString("utf8"))),
  T17: holdsTheBody(bodyOf("T17"), { id: "mk-T17-61", name: "Müller" }),
  T18: holdsTheBody(bodyOf("T18")),
  T19: dataIs({ id: "mk-T19-61", text: "a\uffffb" }),
  T24: holdsDigits("9007199254740993", "5890840712243077"),
  T25: holdsDigits("5890840712243077"),
  T26arr: dataIs([{ a: 1 }]),
  T26empty: dataIs([]),
  T26obj: dataIs({}),
  T26str: dataIs("text"),
  T26num: dataIs(123),
  T26tru: dataIs(true),
  T26fal: dataIs(false),
  T26es: dataIs(""),
  T27arr: dataIs([{ a: 1 }]),
  T27empty: dataIs([]),
  T27obj: dataIs({}),
  T27nul: dataIs(null),
  T27fal: dataIs(false),
  T27zero: dataIs(0),
  T30: ({ events }) => expect(events.map((event) => detailType(event).length <= 128)).toEqual([true]),
  T32: ({ events: [event] }) => expect(event?.detail["dataref"]).toBeDefined(),
  T33: ({ replies: [reply] }) => expect(reply?.headers["content-type"]).toContain("application/problem+json"),
  D06: ({ events }) =>
    expect(events.map((event) => (fieldOf(event, "repo") as { private: boolean }).private)).toEqual([
      true,
      false,
      true,
    ]),
  D09: typesAre("order.created", "order.updated"),
  N03: ({ events }) =>
    expect(events.map((event) => fieldOf(event, "objectId")).sort()).toEqual([102, 103, 104]),
  B01: ({ events }) =>
    expect(events.map(({ detail }) => /mk-B01-61(\w+)/.exec(JSON.stringify(detail.data))?.[1])).toEqual([
      "s1",
      "s2",
      "m1",
      "m2",
    ]),
  B02s: typesAre("contact.creation", "deal.propertyChange", "company.deletion"),
  B05: typesAre("INVOICE.UPDATE", "CONTACT.CREATE"),
  B07: typesAre("user.lifecycle.create", "user.lifecycle.deactivate"),
  B08s: typesAre("send", "hard_bounce"),
  B09: typesAre("payments.confirmed", "mandates.failed"),
  B04: ({ replies }) => expect(replies[1]?.text).toBe("[accepted]"),
  H06: answersWith("mk-H06-61"),
  H13: answersWith(
    "Validation: Testing client application reachability for subscription Request-Id: mk-H13-61",
  ),
  H15: ({ replies: [right, wrong] }) => {
    expect(right?.text).toBe("1158201444");
    expect(wrong?.text).not.toContain("1158201444");
  },
  H16: ({ events: [event] }) =>
    expect(fieldOf(event, "MessagingBinding.Address")).toEqual([
      "+18550000000",
      "+18330000000",
      "+18330000000",
    ]),
  H23: answersWith("mk-H23-61"),
  H25: ({ events: [event] }) => expect(event?.detail["time"]).toBe("2026-11-25T10:00:00.000Z"),
  H30: answersWith("mk-H30-61"),
  O03: ({ replies, events }) => {
    const accepted = replies.filter(({ status }) => status === 202).map(({ json }) => json["id"]);
    expect(accepted).not.toEqual([]);
    // What was answered 503 may be stored all the same: then the provider sends it again, and it is a duplicate.
    expect(events.map(({ detail }) => detail.id)).toEqual(expect.arrayContaining(accepted));
  },
  O05: ({ events }) => expect(events.map((event) => fieldOf(event, "i"))).toEqual([0, 1]),
  O06: ({ events }) => {
    expect(new Set(events.map((event) => fieldOf(event, "i"))).size).toBe(15);
    const sequences = events.map(({ detail }) => BigInt(String(detail["sequence"])));
    expect(sequences).toEqual([...sequences].sort((a, b) => (a < b ? -1 : 1)));
  },
  T37a: (result) => {
    dataIs("Alice")(result);
    expect(result.events[0]?.detail["provider"]).toBe("tname");
  },
  T37c: (result) => {
    dataIs("true")(result);
    expect(result.events[0]?.detail["provider"]).toBe("tname");
  },
};

test("every case that has a check of its own is among the cases", () => {
  expect(Object.keys(CHECKS).filter((id) => !cases.some((one) => one.id === id))).toEqual([]);
});
