import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParametersCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { createBreakerClient, consumerOf } from "../../../../functions/adapters/breaker";
import { createProcessorClient } from "../../../../functions/adapters/processor";
import { secretStore } from "../../../../functions/adapters/secret-store";
import { signedCalls } from "../../../../functions/adapters/signed-calls";

/*
 * The functions sign a few calls by hand. The second witness of each is AWS's own client: for the same operation it must
 * send the same method, host, path, query, target and body. The emulator cannot tell, since it ignores API versions.
 */

const UUID = "8b1f6f9c-1f0a-4c2e-9a53-2f6f0d1c7e11";
const MAPPING_ARN = `arn:aws:lambda:us-east-1:123456789012:event-source-mapping:${UUID}`;
const SINCE = "2026-01-01T12:00:00.000Z";
const TAG = "webhook-inbox:paused-since";

/** A request as far as it decides what AWS does. */
interface Sent {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Headers that decide what the service does; the others are about the connection, the signature or the client. */
const MEANINGFUL = ["content-type", "x-amz-target", "x-amz-invocation-type"];

function meaningful(entries: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries(
    [...entries]
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => MEANINGFUL.includes(name)),
  );
}

const parsed = (text: string): unknown => (text === "" ? undefined : JSON.parse(text));

/** What the functions' own calls send. */
const own: Sent[] = [];

beforeEach(() => {
  own.length = 0;
  const env = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
  jest.replaceProperty(process, "env", env);
  jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { hostname, pathname, searchParams } = new URL(request.url);
    own.push({
      method: request.method,
      host: hostname,
      path: decodeURIComponent(pathname),
      query: Object.fromEntries(searchParams),
      headers: meaningful(request.headers.entries()),
      body: parsed(await request.text()),
    });
    return new Response(JSON.stringify({ Tags: {}, Parameters: [], SecretString: "v" }));
  });
});
afterEach(() => jest.restoreAllMocks());

/** What AWS's client sends for a command. */
async function sdk(
  Client: typeof LambdaClient | typeof SSMClient | typeof SecretsManagerClient,
  command: object,
): Promise<Sent> {
  let sent: Sent | undefined;
  const client = new Client({
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: {
        method: string;
        hostname: string;
        path: string;
        query: Sent["query"];
        headers: Record<string, string>;
        body?: string | Uint8Array;
      }) => {
        const { method, hostname: host, path, query, headers, body = "" } = request;
        const text = typeof body === "string" ? body : new TextDecoder().decode(body);
        sent = {
          method,
          host,
          path: decodeURIComponent(path),
          query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
          headers: meaningful(Object.entries(headers)),
          body: parsed(text),
        };
        throw new Error("captured");
      },
    },
  });
  await (client.send as (command: object) => Promise<unknown>)(command).catch(() => undefined);
  if (!sent) throw new Error("the client sent nothing");
  return sent;
}

const consumer = () => consumerOf(MAPPING_ARN, signedCalls());
const listTags = () => sdk(LambdaClient, new ListTagsCommand({ Resource: MAPPING_ARN }));
const tag = () =>
  sdk(LambdaClient, new TagResourceCommand({ Resource: MAPPING_ARN, Tags: { [TAG]: SINCE } }));
const untag = () => sdk(LambdaClient, new UntagResourceCommand({ Resource: MAPPING_ARN, TagKeys: [TAG] }));
const enable = (Enabled: boolean) =>
  sdk(LambdaClient, new UpdateEventSourceMappingCommand({ UUID, Enabled }));
const mapping = () => sdk(LambdaClient, new GetEventSourceMappingCommand({ UUID }));

test("the breaker's state is read as AWS's client reads it", async () => {
  await consumer().state();
  expect(own).toEqual([await listTags()]);
});

test("a pause is made as AWS's client makes it", async () => {
  await consumer().pause(SINCE);
  expect(own).toEqual([await tag(), await enable(false), await tag()]);
});

test("a resume is made as AWS's client makes it", async () => {
  await consumer().resume();
  expect(own).toEqual([await listTags(), await enable(true), await untag(), await mapping()]);
});

test("the recovery function is invoked as AWS's client invokes it", async () => {
  const reason = { code: "States.Timeout", message: "ünicode" };
  await createBreakerClient("webhook-inbox-recover-dev", signedCalls()).open(reason);
  const command = new InvokeCommand({
    FunctionName: "webhook-inbox-recover-dev",
    InvocationType: "Event",
    Payload: Buffer.from(JSON.stringify({ pause: reason })),
  });
  const expected = await sdk(LambdaClient, command);
  // Lambda takes a payload for JSON whatever its type says; the client says octets.
  const headers = { "x-amz-invocation-type": "Event" };
  expect(expected.headers).toMatchObject(headers);
  expect(own).toMatchObject([{ ...expected, headers }]);
});

test("the processing function is tried with an empty batch as AWS's client invokes it", async () => {
  await createProcessorClient("webhook-inbox-process-dev", signedCalls()).answers();
  const command = new InvokeCommand({
    FunctionName: "webhook-inbox-process-dev",
    Payload: Buffer.from(JSON.stringify({ Records: [] })),
  });
  // Lambda takes a payload for JSON whatever its type says; the client says octets.
  const expected = await sdk(LambdaClient, command);
  expect(own).toMatchObject([{ ...expected, headers: {} }]);
});

test("a parameter is read and written as AWS's client does it", async () => {
  const { read, write } = secretStore();
  await read([{ ssm: "/webhook-inbox/dev/stripe" }, { ssm: "/webhook-inbox/dev/acme" }]);
  await write({ ssm: "/webhook-inbox/dev/asana", kmsKeyArn: "arn:aws:kms:us-east-1:1:key/k" }, "told");
  expect(own).toEqual([
    await sdk(
      SSMClient,
      new GetParametersCommand({
        Names: ["/webhook-inbox/dev/stripe", "/webhook-inbox/dev/acme"],
        WithDecryption: true,
      }),
    ),
    await sdk(
      SSMClient,
      new PutParameterCommand({
        Name: "/webhook-inbox/dev/asana",
        Value: "told",
        Type: "SecureString",
        Overwrite: true,
        KeyId: "arn:aws:kms:us-east-1:1:key/k",
      }),
    ),
  ]);
});

test("a secret of Secrets Manager is read as AWS's client reads it", async () => {
  await secretStore().read([{ secretsManager: "dev/stripe" }]);
  expect(own).toEqual([
    await sdk(SecretsManagerClient, new GetSecretValueCommand({ SecretId: "dev/stripe" })),
  ]);
});

describe("throttling, which Parameter Store answers with status 400", () => {
  const throttled = () =>
    new Response(JSON.stringify({ __type: "ThrottlingException", message: "Rate exceeded" }), {
      status: 400,
    });
  const answers = (...responses: (() => Response)[]) => {
    const fetched = jest.spyOn(globalThis, "fetch");
    for (const response of responses) fetched.mockImplementationOnce(async () => response());
    return fetched;
  };
  const read = () => secretStore().read([{ ssm: "/inbox/a" }]);

  test("is waited out", async () => {
    const found = { Parameters: [{ Name: "/inbox/a", Value: "v" }] };
    const fetched = answers(throttled, throttled, () => new Response(JSON.stringify(found)));
    expect(await read()).toEqual(["v"]);
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  test("that does not end is an error", async () => {
    // The longest pauses together are longer than what a call may take.
    jest.spyOn(Math, "random").mockReturnValue(0);
    answers(...Array.from({ length: 5 }, () => throttled));
    await expect(read()).rejects.toThrow("ThrottlingException");
  });

  test("is not what any other 400 is", async () => {
    const fetched = answers(() => new Response('{"__type":"ValidationException"}', { status: 400 }));
    await expect(read()).rejects.toThrow("ValidationException");
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});
