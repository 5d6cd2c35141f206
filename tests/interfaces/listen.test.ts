import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import Stripe from "stripe";
import { decodeHeaders } from "../../functions/domain/kept-headers";
import { commandLine, type Running } from "../support/cli";
import { startInbox, type Inbox } from "../support/inbox";
import { esModule } from "../support/official-libraries/es-module";
import { until } from "../support/until";

jest.setTimeout(120_000);

const { verify: verifyGithub } = esModule<{
  verify(secret: string, payload: string, signature: string): Promise<boolean>;
}>("@octokit/webhooks-methods");
const stripe = new Stripe("sk_test_unused");

/** A webhook as a handler got it. */
interface Handled {
  readonly id: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A developer's server: one handler for each provider, each with the provider's own library, and nothing of this inbox. */
function developersServer() {
  const secrets: Record<string, string> = {};
  const handled: Handled[] = [];
  let failing = false;
  const isGenuine: Readonly<
    Record<string, (text: string, headers: IncomingHttpHeaders) => Promise<boolean>>
  > = {
    "/stripe": async (text, headers) =>
      Boolean(
        stripe.webhooks.constructEvent(text, String(headers["stripe-signature"]), secrets["stripe"] ?? ""),
      ),
    "/github": (text, headers) =>
      verifyGithub(secrets["github"] ?? "", text, String(headers["x-hub-signature-256"])),
  };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const check = isGenuine[request.url ?? ""] ?? (() => Promise.resolve(false));
      check(text, request.headers).then(
        (genuine) => {
          if (genuine && !failing) {
            const id = (JSON.parse(text) as { id?: unknown }).id;
            handled.push({ id, headers: request.headers, text });
          }
          response.writeHead(failing ? 500 : genuine ? 200 : 400).end(failing ? "out of order" : "");
        },
        (error: unknown) => response.writeHead(400).end(String(error)),
      );
    });
  });
  return {
    secrets,
    handled,
    fail: (now: boolean) => void (failing = now),
    start: () => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)),
    close: () => server.close(),
    address: (path: string) => `http://localhost:${(server.address() as AddressInfo).port}${path}`,
  };
}

let inbox: Inbox;
let cli: ReturnType<typeof commandLine>;
let folder: string;
const server = developersServer();
const stateHome = process.env["XDG_STATE_HOME"];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "listen-"));
  process.env["XDG_STATE_HOME"] = folder;
  const provider = (name: string) => ({
    name,
    scheme: name,
    secret: { ssm: `/webhook-inbox/local/${name}` },
  });
  [inbox] = await Promise.all([
    startInbox({ config: { providers: ["stripe", "github", "gitlab"].map(provider) } }),
    server.start(),
  ]);
  cli = commandLine(inbox);
}, 300_000);
afterAll(async () => {
  server.close();
  cli?.close();
  await inbox?.close();
  process.env["XDG_STATE_HOME"] = stateHome;
  if (stateHome === undefined) delete process.env["XDG_STATE_HOME"];
  rmSync(folder, { recursive: true });
});

/** What a running command has printed. */
const lines = ({ output }: Pick<Running, "output">) =>
  output()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** `webhooks listen` once it listens, with the secrets that it shows. */
async function listening(path: string, ...options: string[]) {
  const args = ["--forward-to", server.address(path), "--json", ...options];
  const running = cli.start("listen", ...args);
  const ready = await until("listen to be ready", async () =>
    lines(running).find(({ event }) => event === "ready"),
  );
  Object.assign(server.secrets, ready["secrets"]);
  return { ...running, deliveries: () => lines(running).filter(({ event }) => event === "delivery") };
}

const invoice = (over: object = {}) => ({
  id: `evt_${randomUUID().slice(0, 8)}`,
  type: "invoice.paid",
  ...over,
});

describe("webhooks listen", () => {
  test("brings Stripe's webhook to a handler with constructEvent, which knows a secret of its own only", async () => {
    const running = await listening("/stripe", "--provider", "stripe", "--count", "1");
    const body = `{ "id": "evt_exact", "type":"invoice.paid", "amount": 12345678901234567890 }`;
    await inbox.send("stripe", Buffer.from(body));
    // A second attempt of the provider's is no second webhook.
    await inbox.send("stripe", Buffer.from(body));
    const { code } = await running.finished;
    expect(server.handled.map(({ text }) => text)).toEqual([body]);
    expect(running.deliveries()).toEqual([
      expect.objectContaining({
        provider: "stripe",
        id: "evt_exact",
        status: 200,
        accepted: true,
        error: null,
      }),
    ]);
    expect(server.secrets["stripe"]).not.toBe(inbox.stack.providers["stripe"]?.secret);
    expect(code).toBe(0);
  });

  test("brings GitHub's with its delivery id and its event to a handler with GitHub's library", async () => {
    const running = await listening("/github", "--provider", "github", "--count", "1");
    await inbox.send("github", { id: 7, action: "opened" }, { id: "72d3162e", type: "pull_request" });
    await running.finished;
    expect(server.handled.at(-1)).toMatchObject({
      id: 7,
      headers: { "x-github-delivery": "72d3162e", "x-github-event": "pull_request" },
    });
  });

  test("goes on with --resume at what the handler did not accept, with the same secret", async () => {
    const options = ["--provider", "stripe", "--resume", "--count", "1"];
    const [failed, next] = [invoice(), invoice()];
    server.fail(true);
    const first = await listening("/stripe", ...options);
    const { stripe: secret } = server.secrets;
    await inbox.send("stripe", failed);
    await first.finished;
    expect(first.deliveries()).toEqual([
      expect.objectContaining({ id: failed.id, status: 500, answer: "out of order" }),
    ]);
    server.fail(false);
    await inbox.send("stripe", next);
    const second = await listening("/stripe", ...options.slice(0, -1), "2");
    await second.finished;
    expect(second.deliveries().map(({ id, status }) => [id, status])).toEqual([
      [failed.id, 200],
      [next.id, 200],
    ]);
    expect(server.secrets["stripe"]).toBe(secret);
  });

  test("delivers what --when holds for as a CloudEvent, since a moment in the past", async () => {
    const [cheap, dear] = [invoice({ amount: 1 }), invoice({ amount: 1_000 })];
    await inbox.send("stripe", cheap);
    await inbox.send("stripe", dear);
    const when = `data.amount > 10 and $contains(type, 'invoice.')`;
    const options = ["--as", "cloudevent", "--since", "5m", "--when", when, "--max-backlog", "1000"];
    const running = await listening("/stripe", "--provider", "stripe", ...options, "--count", "2");
    await running.finished;
    expect(running.deliveries().map(({ id }) => id)).toEqual(["evt_exact", dear.id]);
  });

  test("takes keys on a terminal: p shows the payload, r sends the last again, q ends it", async () => {
    const running = cli.startOnTerminal(
      "listen",
      "--forward-to",
      server.address("/stripe"),
      "--provider",
      "stripe",
    );
    const output = () => stripVTControlCharacters(running.output());
    const shown = (what: string, pattern: RegExp, times = 1) =>
      until(what, async () => (output().match(new RegExp(pattern, "g")) ?? []).length >= times);
    await shown("the secret", /Keys: r sends the last again/);
    const [, secret = ""] = /signing secret is (\S+)/.exec(output()) ?? [];
    server.secrets["stripe"] = secret;
    const sent = invoice({ customer: "cus_7" });
    await inbox.send("stripe", sent);
    await shown("the delivery", new RegExp(`200 .*${sent.id}`));
    running.process.stdin?.write("p");
    await shown("the payload", /"customer": "cus_7"/);
    running.process.stdin?.write("r");
    await shown("the second delivery", new RegExp(`200 .*${sent.id}`), 2);
    expect(server.handled.filter(({ id }) => id === sent.id)).toHaveLength(2);
    running.process.stdin?.write("q");
    expect((await running.finished).code).toBe(0);
  });

  test("says what to do if nothing listens, and sends nothing over a network without encryption", async () => {
    await inbox.send("stripe", invoice());
    const nowhere = ["--forward-to", "http://localhost:9/", "--since", "5m", "--provider", "stripe"];
    const { stdout } = await cli.run("listen", ...nowhere, "--count", "1");
    expect(stdout).toContain("Nothing listens at http://localhost:9. Start your server.");
    const { code, stderr } = await cli.run("listen", "--forward-to", "http://192.0.2.1/");
    expect([code, stderr]).toEqual([2, expect.stringContaining("Give https://")]);
  });
});

test("webhooks replay --to brings a webhook to a server, and leaves the inbox as it is", async () => {
  const sent = invoice();
  await inbox.send("stripe", sent);
  await inbox.events.next(sent.id);
  const before = await inbox.record("stripe", sent.id);
  const to = ["--to", server.address("/stripe"), "--json"];
  const { code, json } = await cli.run("replay", "stripe", sent.id, ...to);
  expect([code, json]).toEqual([0, expect.objectContaining({ id: sent.id, status: 200 })]);
  expect(server.handled.at(-1)?.id).toBe(sent.id);
  expect(await inbox.record("stripe", sent.id)).toEqual(before);
  const { code: failed } = await cli.run("replay", "stripe", sent.id, "--to", server.address("/nothing"));
  expect(failed).toBe(1);
});

test("no stored object holds the token that GitLab sends, and its other headers are there", async () => {
  const token = inbox.stack.providers["gitlab"]?.secret ?? "";
  const { status } = await inbox.send("gitlab", { object_kind: "push" }, { type: "Push Hook" });
  expect(status).toBe(202);
  const s3 = new S3Client({ ...inbox.stack.emulator.client, forcePathStyle: true });
  const Bucket = inbox.stack.outputs.s3_bucket_name;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const objects = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const { headers = "" } = Metadata;
      return JSON.stringify({
        Key,
        body: await Body?.transformToString(),
        Metadata,
        headers: decodeHeaders(headers),
      });
    }),
  );
  expect(token.length).toBeGreaterThan(20);
  expect(objects.filter((text) => text.includes(token))).toEqual([]);
  expect(objects.filter((text) => text.includes('["x-gitlab-event","Push Hook"]'))).toHaveLength(1);
});
