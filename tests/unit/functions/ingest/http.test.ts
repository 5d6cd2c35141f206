import type { APIGatewayProxyEvent } from "aws-lambda";
import { toRequest } from "../../../../functions/ingest/http";

const event = (over: Partial<APIGatewayProxyEvent>) =>
  ({
    httpMethod: "POST",
    resource: "/webhook/stripe",
    multiValueHeaders: {},
    body: "",
    isBase64Encoded: true,
    requestContext: { requestId: "req-1", identity: { sourceIp: "192.0.2.7" } },
    ...over,
  }) as APIGatewayProxyEvent;

test("the body is the bytes that were received", () => {
  const body = Buffer.from([0, 0xff, 0xfe, 0x0a]);
  expect(toRequest(event({ body: body.toString("base64") })).body).toEqual(body);
});

test("the path names the provider; /webhook names none", () => {
  expect(toRequest(event({})).pathProvider).toBe("stripe");
  expect(toRequest(event({ resource: "/webhook" })).pathProvider).toBeUndefined();
});

test("a header's name counts in any case, and all its values are kept", () => {
  const { headers } = toRequest(event({ multiValueHeaders: { "X-A": ["1"], "x-a": ["2"] } }));
  expect(headers["x-a"]).toEqual(["1", "2"]);
});

test.each(["constructor", "__proto__", "toString"])("a header may be named %s", (name) => {
  const multiValueHeaders = JSON.parse(`{"${name}": ["x"]}`) as Record<string, string[]>;
  expect(toRequest(event({ multiValueHeaders })).headers[name.toLowerCase()]).toEqual(["x"]);
});

test("a parameter of the query counts where it came once; the address is by the name of the API and not by what a provider calls it", () => {
  const request = toRequest(
    event({
      multiValueQueryStringParameters: { a: ["1"], b: ["1", "2"], constructor: ["x"] },
      multiValueHeaders: { Host: ["evil.example"] },
      requestContext: {
        requestId: "req-1",
        domainName: "api.example.com",
        path: "/v1/webhook/stripe",
        identity: { sourceIp: "203.0.113.7" },
      } as never,
    }),
  );
  expect({ ...request.query }).toEqual({ a: "1", constructor: "x" });
  expect(request.parameters).toEqual([
    ["a", "1"],
    ["b", "1"],
    ["b", "2"],
    ["constructor", "x"],
  ]);
  expect(request.query?.["toString"]).toBeUndefined();
  expect(request.url).toBe("https://api.example.com/v1/webhook/stripe");
  expect(toRequest(event({})).query).toBeUndefined();
});
