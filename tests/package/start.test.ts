import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import Stripe from "stripe";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CACHE, ROOT } from "../../local/paths";
import { isAlive } from "../../inbox/local-stack";
import { until } from "../support/until";

jest.setTimeout(300_000);

const TSX = join(ROOT, "local/tsx.mjs");

let folder: string;
let stackFile: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "start-"));
  stackFile = join(folder, "stack.json");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program of the project; its stack is not the one of an `npm start` that runs in this clone. */
function run(program: string, ...args: string[]) {
  return watch(start(program, args, false));
}

/** @param group whether it leads a process group of its own, as a command does that a shell starts */
function start(program: string, args: readonly string[], group: boolean) {
  return spawn(process.execPath, ["--import", TSX, join(ROOT, program), ...args], {
    cwd: ROOT,
    env: { ...process.env, WEBHOOK_INBOX_STACK_FILE: stackFile, XDG_STATE_HOME: folder },
    detached: group,
  });
}

function watch(child: ReturnType<typeof start>) {
  const running = { child, stdout: "", stderr: "", closed: once(child, "close") };
  child.stdout.on("data", (chunk: Buffer) => (running.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (running.stderr += chunk.toString()));
  return running;
}

/** Folders of emulators that run; each is removed with the last process of its emulator. */
const runFolders = (pid: number | undefined) =>
  readdirSync(CACHE).filter((name) => name.startsWith(`run-${pid}-`));

/** Processes that a process has started and that still run; of Linux, none elsewhere. */
function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number) : [];
}

/** `npm start`, once its stack is deployed. */
async function started(...args: string[]) {
  const first = run("console/start.ts", ...args);
  const ended = () => first.child.exitCode !== null;
  await until("the stack", () => Promise.resolve(ended() || first.stdout.includes("Ctrl-C")), 200_000);
  expect(first.stderr).not.toMatch(/error/i);
  expect(runFolders(first.child.pid)).toHaveLength(1);
  return first;
}

/** It says nothing of an error, ends with 130 and leaves nothing behind. */
async function endsBy(signal: NodeJS.Signals, first: Awaited<ReturnType<typeof started>>) {
  first.child.kill(signal);
  expect(await first.closed).toEqual([130, null]);
  expect(first.stdout + first.stderr).not.toMatch(/exited unexpectedly|error/i);
  await until("the emulator to be gone", () => Promise.resolve(runFolders(first.child.pid).length === 0));
  expect(existsSync(stackFile)).toBe(false);
}

test("npm start, ended by SIGTERM, says nothing of an error, ends with 130 and leaves nothing behind", async () => {
  await endsBy("SIGTERM", await started());
});

/** Ctrl-C goes to every process of the terminal's group, so also to the compiler behind `tsx`. */
test.each<[string, (pid: number) => boolean]>([
  ["as soon as it runs", () => true],
  ["while its files are compiled", (pid) => childrenOf(pid).length > 0],
  ["while the local AWS starts", (pid) => runFolders(pid).length > 0],
])("npm start, interrupted %s, prints no stack trace and leaves no process", async (_, isMoment) => {
  const running = watch(start("console/start.ts", [], true));
  const { child, closed } = running;
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  await until("the moment", () => Promise.resolve(child.exitCode !== null || isMoment(pid)), 60_000);
  const children = childrenOf(pid);
  process.kill(-pid, "SIGINT");
  // Node.js itself ends by the signal before the program has a handler; a shell makes 130 of both.
  expect([
    [130, null],
    [null, "SIGINT"],
  ]).toContainEqual(await closed);
  expect(running.stdout + running.stderr).not.toMatch(/^ +at /m);
  expect(running.stdout + running.stderr).not.toMatch(/error/i);
  await until("the emulator to be gone", () => Promise.resolve(runFolders(pid).length === 0), 60_000);
  await until("its processes to be gone", () => Promise.resolve(!children.some(isAlive)), 60_000);
  expect(existsSync(stackFile)).toBe(false);
});

/** A developer's handler, as Stripe's documentation has it; it knows one secret and nothing of the inbox. */
async function stripeHandler() {
  const stripe = new Stripe("sk_test_unused");
  const handler = { secret: "", events: [] as string[] };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      try {
        const signature = String(request.headers["stripe-signature"]);
        handler.events.push(stripe.webhooks.constructEvent(body, signature, handler.secret).type);
        response.writeHead(200).end();
      } catch (error) {
        response.writeHead(400).end(String(error));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://localhost:${(server.address() as AddressInfo).port}/stripe`;
  return Object.assign(handler, { address, close: () => server.close() });
}

test("one npm start is found by the commands, its webhooks reach handlers here, a second one is rejected, and SIGINT ends it", async () => {
  const [asConsumer, listening] = await Promise.all([stripeHandler(), stripeHandler()]);
  const first = await started("--consumer", asConsumer.address);
  asConsumer.secret = /signing secret is\s+(\S+)/.exec(first.stdout)?.[1] ?? "none";
  const to = ["--forward-to", listening.address, "--provider", "stripe", "--count", "1"];
  const listen = run("cli/index.ts", "listen", ...to);
  await until("listen to be ready", () => Promise.resolve(listen.stderr.includes("Forwarding to")), 60_000);
  listening.secret = /signing secret is (\S+)/.exec(listen.stderr)?.[1] ?? "none";

  const file = join(ROOT, "tests/fixtures/payloads/stripe-invoice-paid.json");
  const send = run("cli/index.ts", "send", "--provider", "stripe", "--file", file);
  expect([await send.closed, send.stdout]).toEqual([[0, null], expect.stringMatching(/^202 /) as string]);
  const list = run("cli/index.ts", "list", "--json");
  expect([await list.closed, list.stderr]).toEqual([[0, null], ""]);
  expect(JSON.parse(list.stdout)).toMatchObject({ webhooks: [{ provider: "stripe", type: "invoice.paid" }] });
  expect([await listen.closed, listening.events]).toEqual([[0, null], ["invoice.paid"]]);
  await until("the consumer", () => Promise.resolve(asConsumer.events.length > 0), 60_000);
  expect(asConsumer.events).toEqual(["invoice.paid"]);
  for (const { close } of [asConsumer, listening]) close();

  const second = run("console/start.ts");
  expect(await second.closed).toEqual([1, null]);
  const [inbox] = /http:\S+(?=\/<provider>)/.exec(first.stdout) ?? ["no address"];
  const [site] = /http:\S+\/\?token=\S+/.exec(first.stdout) ?? ["no console"];
  for (const text of [`process ${first.child.pid}`, inbox, site]) expect(second.stderr).toContain(text);
  expect(second.stderr).not.toMatch(/^ +at /m);

  await endsBy("SIGINT", first);
});

test.each([
  ["npm start", "console/start.ts"],
  ["npm run demo", "local/demo.ts"],
])(
  "%s with an option that it does not know says so, prints its help and ends with 2",
  async (usage, file) => {
    const running = run(file, "--bogus");
    expect(await running.closed).toEqual([2, null]);
    expect(running.stderr).toContain("Unknown option '--bogus'");
    expect(running.stderr).toContain(usage);
    expect(running.stderr).not.toMatch(/^ +at /m);
  },
);
