import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { consumerCall } from "../../../../functions/adapters/consumer-call";
import { publicLookup } from "../../../../functions/adapters/public-lookup";
import { problemOfAddress, problemOfHost } from "../../../../functions/domain/public-address";

const servers: (Server & { closeAllConnections?(): void })[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
});

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    servers.push(server);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
const serve = (handle: RequestListener) => listening(createServer(handle));
const body = Buffer.from('{"a":1}');
const call = (url: string, allowLoopback = true, timeoutMs = 2_000) =>
  consumerCall({ timeoutMs, allowLoopback })({ url, headers: [["x-own", "1"]], body });

test("posts body and headers, and returns status, Retry-After and the start of the answer", async () => {
  const port = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.writeHead(503, { "retry-after": "7" });
      response.end(`${request.method} ${request.headers["x-own"]} ${Buffer.concat(chunks).toString()}`);
    });
  });
  expect(await call(`http://127.0.0.1:${port}/hook`)).toEqual({
    status: 503,
    retryAfter: "7",
    body: 'POST 1 {"a":1}',
  });
});

test("a redirect is an answer: nobody follows it", async () => {
  let requests = 0;
  const port = await serve((_, response) => {
    requests += 1;
    response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  });
  expect(await call(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 302 });
  expect(requests).toBe(1);
});

test("an endless answer is read for a kilobyte", async () => {
  const port = await serve((_, response) => {
    const more = (): void => {
      while (response.write("x".repeat(1_000)));
      response.once("drain", more);
    };
    more();
  });
  const { status, body: text } = await call(`http://127.0.0.1:${port}/`);
  expect([status, text.length]).toEqual([200, 1_024]);
});

test("one that never answers is given up", async () => {
  const port = await serve(() => undefined);
  await expect(call(`http://127.0.0.1:${port}/`, true, 50)).rejects.toThrow("no answer within 0.05 s");
});

test("one that is not there", async () => {
  await expect(call("http://127.0.0.1:1/")).rejects.toThrow("ECONNREFUSED");
});

describe("on AWS", () => {
  test.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:7f00:1]/",
    "https://0.0.0.0/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/",
    "https://10.1.2.3/",
    "https://[64:ff9b::a01:203]/",
    "https://localhost/",
    "https://db.internal/",
    "http://example.com/",
  ])("%s is not called", async (url) => {
    await expect(call(url, false)).rejects.toThrow(/private|only https/);
  });

  test("a name that leads to this machine is not connected to", async () => {
    const looked = new Promise((resolve) => publicLookup(false)("localhost", {}, resolve));
    expect(await looked).toMatchObject({ message: expect.stringMatching(/localhost: .* is in a private/) });
  });

  test("public addresses are called", () => {
    for (const address of ["8.8.8.8", "2606:4700:4700::1111", "172.32.0.1", "100.128.0.1"])
      expect(problemOfAddress(address, false)).toBeUndefined();
    expect(problemOfHost(new URL("https://hooks.example.com/x"), false)).toBeUndefined();
  });
});
