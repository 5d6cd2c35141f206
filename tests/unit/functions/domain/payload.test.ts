import { gzipSync } from "node:zlib";
import { MAX_BODY_BYTES, readPayload } from "../../../../functions/domain/payload";
import { schemes, type Scheme, type WebhookRequest } from "../../../../providers";

function scheme(id: string): Scheme {
  const found = schemes[id];
  if (!found) throw new Error(`no scheme ${id}`);
  return found;
}

function request(body: string | Buffer, contentType?: string): WebhookRequest {
  return {
    method: "POST",
    headers: { "content-type": contentType === undefined ? undefined : [contentType] },
    body: Buffer.from(body as string),
  };
}

describe("JSON", () => {
  test("is its own text, so that no number is rounded", () => {
    expect(
      readPayload(scheme("github"), request('{"n":12345678901234567890}', "application/json; charset=utf-8")),
    ).toEqual({
      value: { n: 12345678901234567890 },
      data: { text: '{"n":12345678901234567890}' },
      contentType: "application/json",
      raw: { contentType: "application/json; charset=utf-8" },
    });
  });

  test.each([undefined, "text/plain", "application/x-www-form-urlencoded", "x".repeat(300), "é"])(
    "is JSON whatever it is called: %s",
    (type) => {
      expect(readPayload(scheme("github"), request('{"a":1}', type))).toMatchObject({
        data: { text: '{"a":1}' },
        contentType: "application/json",
      });
    },
  );

  test("of a kind of its own stays of that kind", () => {
    expect(readPayload(scheme("nylas"), request("{}", "application/cloudevents+json"))).toMatchObject({
      contentType: "application/cloudevents+json",
    });
  });

  test.each([
    ["cut off", '{"a":'],
    ["of Python, with NaN and Infinity", '{"a":NaN,"b":-Infinity}'],
    ["with something behind it", '{"a":1} x'],
    ["of which two are on one line", '{"a":1}{"b":2}'],
  ])("%s is published as its bytes, under the type that it came with", (_case, body) => {
    for (const id of ["github", "slack", "twilio", "auth0"]) {
      expect(readPayload(scheme(id), request(body, "application/json; charset=utf-8"))).toMatchObject({
        value: undefined,
        data: { base64: base64(body) },
        contentType: "application/json; charset=utf-8",
      });
    }
  });

  test("in Latin-1 is published as its bytes, and its id and type are read", () => {
    const body = Buffer.from('{"id":"evt_1","type":"invoice.paid","name":"M\u00fcller"}', "latin1");
    const read = readPayload(scheme("stripe"), request(body, "application/json; charset=ISO-8859-1"));
    expect(read).toMatchObject({
      value: { id: "evt_1", type: "invoice.paid" },
      data: { base64: body.toString("base64") },
      contentType: "application/json; charset=ISO-8859-1",
    });
  });

  test.each([1, 2, 3])("behind %i byte order marks is JSON, in its text without them", (marks) => {
    const body = Buffer.concat([...Array.from({ length: marks }, () => MARK), Buffer.from('{"a":1}')]);
    for (const id of Object.keys(schemes)) {
      expect(readPayload(scheme(id), request(body))).toMatchObject({
        value: { a: 1 },
        data: { text: '{"a":1}' },
      });
    }
  });
});

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a body that is empty", () => {
  test.each(["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"])(
    "is a form without fields if it is declared as %s, also of a provider that lists no forms",
    (type) => {
      for (const id of ["hmac-sha256", "github", "twilio"]) {
        expect(readPayload(scheme(id), request("", type))).toMatchObject({ value: {}, data: { text: "{}" } });
      }
    },
  );

  test.each([undefined, "application/json", "text/plain"])("is no bytes under %s", (type) => {
    expect(readPayload(scheme("hmac-sha256"), request("", type))).toMatchObject({
      value: undefined,
      data: { base64: "" },
      contentType: type ?? "application/json",
    });
  });
});

describe("a compressed body", () => {
  const json = '{"id":"1","type":"message.created","n":12345678901234567890}';

  test.each(["application/json", undefined])("is read for every scheme, whatever is declared: %s", (type) => {
    for (const id of Object.keys(schemes)) {
      expect(readPayload(scheme(id), request(gzipSync(json), type))).toMatchObject({
        value: { id: "1" },
        data: { text: json },
        raw: { contentEncoding: "gzip" },
      });
    }
  });

  test("can hold a form, lines, or what is not read here", () => {
    const read = (text: string, type?: string) =>
      readPayload(scheme("github"), request(gzipSync(text), type));
    expect(read("payload=%7B%22a%22%3A1%7D")).toMatchObject({ value: { a: 1 } });
    expect(read('{"a":1}\n{"a":2}')).toMatchObject({ value: [{ a: 1 }, { a: 2 }] });
    expect(read(`\ufeff${json}`)).toMatchObject({ data: { text: json } });
    expect(read("<a/>", "application/xml")).toMatchObject({
      data: { base64: base64("<a/>") },
      contentType: "application/xml",
    });
  });

  test.each([
    ["that is cut off", gzipSync(json).subarray(0, 30)],
    ["that holds more than a body may have", gzipSync(Buffer.alloc(MAX_BODY_BYTES + 1, " "))],
  ])("%s is published as it is, and called what it is", (_case, body) => {
    expect(readPayload(scheme("nylas"), request(body, "application/json"))).toEqual({
      value: undefined,
      data: { base64: body.toString("base64") },
      contentType: "application/gzip",
      raw: { contentType: "application/json" },
    });
  });
});

describe("a form", () => {
  const command = "token=t&command=%2Fweather&text=94070&text=x&user=caf%C3%A9";

  test("is an object in JSON, with a list where a name comes twice", () => {
    const value = { token: "t", command: "/weather", text: ["94070", "x"], user: "café" };
    expect(readPayload(scheme("slack"), request(command, "application/x-www-form-urlencoded"))).toEqual({
      value,
      data: { text: JSON.stringify(value) },
      contentType: "application/json",
      raw: { contentType: "application/x-www-form-urlencoded" },
    });
  });

  test("is a form whatever the content type says: that is not signed", () => {
    const read = readPayload(scheme("slack"), request(command, "application/json"));
    expect(read).toMatchObject({ value: { command: "/weather" } });
    expect(
      readPayload(scheme("slack"), request('{"event_id":"Ev1"}', "application/x-www-form-urlencoded")),
    ).toMatchObject({ value: { event_id: "Ev1" } });
  });

  test("with a field of JSON is that JSON", () => {
    const interaction = '{"type":"block_actions","n":12345678901234567890}';
    const read = readPayload(scheme("slack"), request(`payload=${encodeURIComponent(interaction)}`));
    expect(read).toMatchObject({ data: { text: interaction }, contentType: "application/json" });
  });

  test("of GitHub, the default of its page, is the JSON in its field `payload`", () => {
    const push =
      '{"ref":"refs/heads/main","head_commit":{"message":"a+b c=100% \u{1f60a}"},"id":9007199254740993}';
    const body = new URLSearchParams({ payload: push }).toString();
    for (const type of ["application/x-www-form-urlencoded", "application/json"]) {
      expect(readPayload(scheme("github"), request(body, type))).toMatchObject({ data: { text: push } });
    }
  });

  test("whose field of JSON is cut off is a form", () => {
    for (const id of ["slack", "github"]) {
      expect(readPayload(scheme(id), request("payload=%7B"))).toMatchObject({ value: { payload: "{" } });
    }
  });

  test("of a provider that lists none is a form all the same", () => {
    expect(readPayload(scheme("zendesk"), request("ticket=1&status=open"))).toMatchObject({
      value: { ticket: "1", status: "open" },
    });
  });

  test("is not what base64 looks like", () => {
    expect(readPayload(scheme("github"), request("aGVsbG8=", "text/plain"))).toMatchObject({
      data: { base64: base64("aGVsbG8=") },
      contentType: "text/plain",
    });
  });
});

describe("JSON in lines", () => {
  test.each(["vercel-log-drains", "auth0", "hmac-sha256"])("is a list of %s, each in its own text", (id) => {
    for (const type of ["application/x-ndjson", "application/json"]) {
      expect(readPayload(scheme(id), request('{"n":1.10}\r\n\n{"n":2}\n', type))).toMatchObject({
        value: [{ n: 1.1 }, { n: 2 }],
        data: { text: '[{"n":1.10},{"n":2}]' },
        contentType: "application/json",
      });
    }
  });

  test.each(['{"n":1}\n{"n"', "[1\n2]\nx", "{\n}\n{"])(
    "of which one is cut off is published as its bytes: %j",
    (text) => {
      expect(readPayload(scheme("vercel-log-drains"), request(text, "application/x-ndjson"))).toMatchObject({
        data: { base64: base64(text) },
        contentType: "application/x-ndjson",
      });
    },
  );
});

describe("what is not read here", () => {
  test.each([
    ["application/xml; charset=utf-8", "<a>é</a>"],
    ["text/csv", "a,b"],
    ["multipart/form-data; boundary=xYz", "--xYz\r\n"],
    ["application/octet-stream", "\u0000"],
  ])("is base64, under the type that it came with: %s", (type, text) => {
    for (const id of ["github", "zendesk", "twilio"]) {
      expect(readPayload(scheme(id), request(text, type))).toEqual({
        value: undefined,
        data: { base64: base64(text) },
        contentType: type,
        raw: { contentType: type },
      });
    }
  });

  test.each([
    ";",
    "; charset=utf-8",
    "json",
    "/",
    "text/",
    "a b/c",
    "x".repeat(300),
    `text/plain;${"x".repeat(300)}`,
    "é/é",
  ])("gets its scheme's usual type for one that is none: %j", (type) => {
    expect(readPayload(scheme("github"), request("<a/>", type))).toMatchObject({
      contentType: "application/json",
      raw: { contentType: "application/json" },
    });
    expect(readPayload(scheme("twilio"), request("<a/>", type))).toMatchObject({
      raw: { contentType: "application/x-www-form-urlencoded" },
    });
  });
});
