import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sendCommand } from "../../../../cli/commands/send";
import { UsageError } from "../../../../inbox/errors";
import { webhooks } from "../../../support/webhooks";

jest.setTimeout(120_000);

let folder: string;
let server: Server;
let url: string;
let received: IncomingHttpHeaders[];
/** What the address answers: with a control character. */
const ANSWER = '{"text":"\u009b2J"}';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "send-"));
  writeFileSync(join(folder, "body.json"), '{"n":1}');
  server = createServer((request, response) => {
    received.push(request.headers);
    response.end(ANSWER);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
beforeEach(() => (received = []));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Sends to the test's own address, with an HMAC of the body. @returns what is printed */
async function send(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  try {
    await sendCommand().parseAsync([...OPTIONS(), ...args], { from: "user" });
  } finally {
    log.mockRestore();
  }
  return lines.join("\n");
}
const OPTIONS = () => [
  "--provider",
  "acme",
  "--url",
  url,
  "--scheme",
  "github",
  "--file",
  join(folder, "body.json"),
];

// printf '{"n":1}' | openssl dgst -sha256 -hmac s3cret
const SIGNED_WITH_S3CRET = "sha256=8f0119179f72a1ee1ddd6ea193d72c5430227f4ecb9255eaa54499b96559c4ad";

const signatures = () => received.map((headers) => headers["x-hub-signature-256"]);

test("signs with the secret in a file, without the line break at its end", async () => {
  const file = join(folder, "secret");
  writeFileSync(file, "s3cret\n");
  await send("--secret-file", file);
  expect(signatures()).toEqual([SIGNED_WITH_S3CRET]);
});

test("signs with the secret from standard input", async () => {
  const child = spawn(process.execPath, [webhooks(), "send", ...OPTIONS(), "--secret-file", "-"]);
  child.stdin.end("s3cret\n");
  expect(await once(child, "close")).toEqual([0, null]);
  expect(signatures()).toEqual([SIGNED_WITH_S3CRET]);
});

test("shows an answer so that it can do nothing to the terminal", async () => {
  expect(await send("--secret", "s3cret")).toBe('200 {"text":"\\u009b2J"}');
  const json = await send("--secret", "s3cret", "--json");
  expect(json).toBe('{"status":200,"body":{"text":"\\u009b2J"}}');
});

test.each([
  [
    "a misspelt scheme",
    ["--secret", "x", "--scheme", "strpe"],
    /no scheme strpe\. Did you mean stripe\? Give --scheme: (\S+, ){9}\S+ and \d+ more, all in docs\/providers\.md\.$/,
  ],
  [
    "a file that is not there",
    ["--secret-file", "/nonexistent/secret"],
    /There is no file \/nonexistent\/secret/,
  ],
  ["an empty file", ["--secret-file", "/dev/null"], /--secret-file holds no secret/],
  ["two secrets", ["--secret-file", "/dev/null", "--secret", "x"], /not both/],
])("%s is wrong usage, and nothing is sent", async (_, args, message) => {
  const sent = send(...args);
  await expect(sent).rejects.toThrow(UsageError);
  await expect(sent).rejects.toThrow(message);
  expect(received).toEqual([]);
});
