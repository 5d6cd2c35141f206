import { ListFunctionsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { readFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { localConsole } from "../../console";
import { startConsole, type RunningConsole } from "../../console/serve";
import { inBrowser, startBrowser } from "../support/browser";
import { functionWorkers } from "../support/function-workers";
import { startInbox, type Inbox } from "../support/inbox";
import { until } from "../support/until";

jest.setTimeout(120_000);

const { describe: describeInBrowser } = inBrowser();

/** What root's access key was before it was another one at each start. */
const GUESSED = "000000000000";

/** Credentials in the query, which make a request "simple": no browser asks before it sends it. */
const inQuery = (key: string, service = "lambda") =>
  new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${key}/20261125/us-east-1/${service}/aws4_request`,
    "X-Amz-Date": "20261125T101700Z",
    "X-Amz-Expires": "3600",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "00",
  }).toString();
const inHeader = (key: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261125/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00`,
  "x-amz-date": "20261125T101700Z",
});

let inbox: Inbox;
let site: RunningConsole;
let key: string;
beforeAll(async () => {
  inbox = await startInbox();
  site = await startConsole({ ...localConsole(inbox.stack), refreshMs: 0 }, 0);
  key = inbox.stack.credentials.accessKeyId;
}, 300_000);
afterAll(async () => {
  await site?.close();
  await inbox?.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A request whose Host and Origin may be any. */
function ask(
  address: string,
  headers: Record<string, string> = {},
  method = "GET",
  body = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(address, { method, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}

const functions = (query = "") => `${inbox.stack.endpoint}/2015-03-31/functions${query && `?${query}`}`;
const functionNames = async () =>
  ((await new LambdaClient(inbox.stack.emulator.client).send(new ListFunctionsCommand())).Functions ?? [])
    .map(({ FunctionName }) => FunctionName)
    .sort();

describe("the local AWS takes", () => {
  test("its starter's key, in a header and in a query", async () => {
    expect((await ask(functions(), inHeader(key))).status).toBe(200);
    expect((await ask(functions(inQuery(key)))).status).toBe(200);
  });

  test("webhooks and a challenge for its health without a key", async () => {
    expect((await ask(`${inbox.stack.endpoint}/_ministack/health`)).status).toBe(200);
    const reply = await inbox.send("stripe", { id: "evt_public", type: "invoice.paid" });
    expect(reply.status).toBe(202);
  });

  test.each(["localhost", "127.0.0.1", "[::1]"])("the host name %s", async (name) => {
    const { port } = new URL(inbox.stack.endpoint);
    expect((await ask(functions(), { ...inHeader(key), host: `${name}:${port}` })).status).toBe(200);
  });
});

describe("the local AWS rejects", () => {
  const rejected = async (answer: Promise<Answer>) => {
    const { status, headers, body } = await answer;
    expect([status, body]).toEqual([403, expect.stringContaining("The local AWS rejects this.") as string]);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  };

  test.each([
    ["no key", () => ask(functions())],
    ["the account id for a key", () => ask(functions(), inHeader(GUESSED))],
    ["the account id in the query", () => ask(functions(inQuery(GUESSED)))],
    ["MiniStack's usual key", () => ask(functions(), inHeader("test"))],
    ["an empty key", () => ask(functions(inQuery("")))],
    ["half of its key", () => ask(functions(), inHeader(key.slice(0, 20)))],
    ["the older way to sign", () => ask(functions(`AWSAccessKeyId=${GUESSED}&Signature=x`))],
    [
      "a form that asks for an action",
      () => ask(inbox.stack.endpoint, {}, "POST", "Action=ListUsers&Version=2010-05-08"),
    ],
    ["its own administration", () => ask(`${inbox.stack.endpoint}/_ministack/reset`, {}, "POST")],
    ["the code of a function", () => ask(`${inbox.stack.endpoint}/_ministack/lambda-code/a/b/c`)],
    [
      "a path that only looks like an API's",
      () => ask(`${inbox.stack.endpoint}/restapis/a/_user_request_/b`),
    ],
  ])("%s", async (_, answer) => rejected(answer()));

  test.each([
    ["an origin", { origin: "http://evil.example" }],
    ["its own address as the origin", { origin: "own" }],
    ["an opaque origin", { origin: "null" }],
    ["a page of another site", { "sec-fetch-site": "cross-site" }],
    ["an address that was typed into a browser", { "sec-fetch-site": "none" }],
    ["a name that was rebound", { host: "evil.example" }],
    ["a name that begins like loopback", { host: "127.0.0.1.evil.example" }],
    ["a name that ends like it", { host: "evil.localhost" }],
  ])("%s, also with the right key and at the endpoint", async (_, given: Record<string, string>) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value === "own" ? inbox.stack.endpoint : value]),
    );
    await rejected(ask(functions(), { ...inHeader(key), ...headers }));
    await rejected(ask(functions(inQuery(key)), headers));
    await rejected(ask(`${inbox.stack.outputs.api_endpoint}/stripe`, headers, "POST", "{}"));
    await rejected(ask(`${inbox.stack.endpoint}/_ministack/health`, headers));
  });

  test("a preflight", async () => {
    const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
    await rejected(ask(functions(), headers, "OPTIONS"));
  });
});

test("a function has nothing of the shell of the user who started it but the variables that it needs", async () => {
  expect((await inbox.send("stripe", { id: "evt_worker", type: "invoice.paid" })).status).toBe(202);
  // Its process's own, as the system has them: `functionWorkers` would be those of the emulator.
  const workers = await until("a function's process", () => {
    const found = functionWorkers(inbox.stack.emulator.process.pid ?? 0);
    return Promise.resolve(found.length > 0 ? found : undefined);
  });
  for (const pid of workers) {
    const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
    const names = variables.map((line) => line.slice(0, line.indexOf("=")));
    const ours = Object.keys(process.env).filter((name) => names.includes(name));
    // HOME is there, and another folder than the user's.
    const needed =
      /^(PATH|HOME|LANG|LC_\w+|TZ|LD_LIBRARY_PATH|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|AWS_.*|TMPDIR|PYTHON.*)$/;
    expect(ours.filter((name) => !needed.test(name))).toEqual([]);
    expect(variables).not.toContain(`HOME=${process.env["HOME"]}`);
    expect(variables.join()).not.toContain(key);
  }
});

test("a number beyond a double is published as the number that it is, and nothing ends", async () => {
  const body = Buffer.from('{"e":1e400,"small":-2.5e310,"n":1}');
  const reply = await inbox.send("acme", body, { id: "beyond", type: "thing.made" });
  expect(reply.status).toBe(202);
  const event = await inbox.events.next(String(reply.json["id"]));
  // JSON.parse makes Infinity of it; the text has the digits.
  expect(event.detail.data).toEqual({ e: Infinity, small: -Infinity, n: 1 });
  const after = await inbox.send("acme", { after: true }, { id: "after", type: "thing.made" });
  expect(await inbox.events.next(String(after.json["id"]))).toMatchObject({ source: "webhook.acme" });
});

describe("the console rejects", () => {
  const page = (path = "/") => `${site.url}${path}`;
  const known = () => ({ authorization: site.authorization });

  test("anyone who has not opened the address that it printed, and says how to", async () => {
    const reply = await ask(page());
    expect([reply.status, reply.body]).toEqual([401, expect.stringContaining("npm start") as string]);
    expect((await ask(page("/?token=guessed"))).status).toBe(401);
    expect((await ask(page("/webhooks/stripe/evt_public/payload"))).status).toBe(401);
    expect((await ask(page("/send"), {}, "POST", "sample=x")).status).toBe(401);
  });

  test("no one who has, and takes the token out of the address", async () => {
    const reply = await ask(`${site.address}&hours=1`);
    expect([reply.status, reply.headers["location"]]).toEqual([303, "/?hours=1"]);
    const [cookie = ""] = reply.headers["set-cookie"] as string[];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect((await ask(page(), { cookie: cookie.split(";")[0] ?? "" })).status).toBe(200);
    expect((await ask(page(), known())).status).toBe(200);
  });

  test.each([
    [
      "an image on another site's page",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    ],
    [
      "one on a page of another port",
      { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    ],
    ["a frame", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }],
    [
      "a script's request",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" },
    ],
  ])("%s, also with the token", async (_, headers) => {
    expect((await ask(page("/?hours=8760&type=zzz"), { ...known(), ...headers })).status).toBe(403);
  });

  test("no link from elsewhere", async () => {
    const link = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    expect((await ask(page(), { ...known(), ...link })).status).toBe(200);
  });
});

describeInBrowser("a page of another site", () => {
  let browser: Browser;
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    server = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(readFileSync(join(__dirname, "..", "fixtures", "evil-page.html")));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://evil.example:${(server.address() as AddressInfo).port}`;
    // Chromium asks a person before a public site may reach this machine; other browsers do not. The names are rebound.
    browser = await startBrowser([
      "--host-resolver-rules=MAP evil.example 127.0.0.1,MAP rebound.example 127.0.0.1",
      "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
    ]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  test.each(["with a guessed key", "with the right key, had it leaked"])(
    "gets nothing of the local AWS by any kind of request, %s",
    async (which) => {
      const used = which.includes("guessed") ? GUESSED : key;
      const before = await functionNames();
      const page = await browser.newPage();
      await page.goto(origin);
      const { port } = new URL(inbox.stack.endpoint);
      const addresses = ["127.0.0.1", "localhost", "rebound.example"].map((host) => `http://${host}:${port}`);
      const create = JSON.stringify({
        FunctionName: "pwned",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::000000000000:role/x",
        Code: { ZipFile: "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" },
      });
      const got = await page.evaluate(
        `callAws(${JSON.stringify({ addresses, query: inQuery(used), create })})`,
      );
      expect(got).toEqual([]);
      // A form's answer would be shown; the browser sends its text as the body.
      for (const address of addresses) {
        const form = await browser.newPage();
        await form.goto(origin);
        const answered = form.waitForResponse((response) => response.url().startsWith(address));
        const url = `${address}/2015-03-31/functions?${inQuery(used)}`;
        await form.evaluate(`submitForm(${JSON.stringify(url)}, ${JSON.stringify(create)})`);
        expect((await answered).status()).toBe(403);
        await form.close();
      }
      expect(await functionNames()).toEqual(before);

      // From the rebound name itself, it would be the page's own origin.
      const rebound = await browser.newPage();
      const reply = await rebound.goto(
        `http://rebound.example:${port}/2015-03-31/functions?${inQuery(used)}`,
      );
      expect(reply?.status()).toBe(403);
      await Promise.all([page.close(), rebound.close()]);
    },
  );

  test("makes the console of a person who is in it run no query, by an image, a frame or a script", async () => {
    const person = await browser.newContext();
    const own = await person.newPage();
    await own.goto(site.address);
    const statuses: number[] = [];
    const page = await person.newPage();
    page.on("response", (response) => {
      if (response.url().includes("hours=8760")) statuses.push(response.status());
    });
    await page.goto(origin);
    const { port } = new URL(site.url);
    const addresses = ["127.0.0.1", "localhost", "rebound.example"].map(
      (host) => `http://${host}:${port}/?hours=8760&type=zzz`,
    );
    await page.evaluate(`loadAll(${JSON.stringify(addresses)})`);
    expect(statuses.length).toBeGreaterThanOrEqual(9);
    expect(statuses.every((status) => status === 403)).toBe(true);
    await person.close();
  });
});
