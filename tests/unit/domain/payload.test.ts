import { readPayload } from "../../../functions/domain/payload";
import { schemes, type Scheme, type WebhookRequest } from "../../../providers";

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

const xml: Scheme = { ...scheme("github"), contentTypes: ["application/xml"] };
const csv: Scheme = { ...scheme("github"), contentTypes: ["text/csv"] };

describe("JSON", () => {
  test("is its own text, so that no number is rounded", () => {
    expect(
      readPayload(scheme("github"), request('{"n":12345678901234567890}', "application/json; charset=utf-8")),
    ).toEqual({
      ok: true,
      value: { n: 12345678901234567890 },
      data: { text: '{"n":12345678901234567890}' },
      contentType: "application/json",
      rawContentType: "application/json; charset=utf-8",
    });
  });

  test.each([undefined, "text/plain", "application/x-www-form-urlencoded", "x".repeat(300), "é"])(
    "is JSON whatever it is called: %s",
    (type) => {
      expect(readPayload(scheme("github"), request('{"a":1}', type))).toMatchObject({
        ok: true,
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
    ["cut off", '{"a":', "application/json", 400, /not valid JSON; it may have been cut off/],
    [
      "cut off, of a sender of forms too",
      '{"a":"b=c',
      "application/json",
      400,
      /not valid JSON; it may have been cut off/,
    ],
    ["empty", "", undefined, 400, /not valid JSON/],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22]), "application/json", 400, /not valid UTF-8/],
    [
      "a form",
      "a=1",
      "application/x-www-form-urlencoded",
      415,
      /^GitHub sends application\/json, not application\/x-www-form-urlencoded\.$/,
    ],
  ])("%s is refused", (_case, body, type, status, detail) => {
    const of = _case.endsWith("too") ? scheme("slack") : scheme("github");
    expect(readPayload(of, request(body, type))).toMatchObject({
      ok: false,
      status,
      detail: expect.stringMatching(detail) as string,
    });
  });
});

describe("a form", () => {
  const command = "token=t&command=%2Fweather&text=94070&text=x&user=caf%C3%A9";

  test("is an object in JSON, with a list where a name comes twice", () => {
    const value = { token: "t", command: "/weather", text: ["94070", "x"], user: "café" };
    expect(readPayload(scheme("slack"), request(command, "application/x-www-form-urlencoded"))).toEqual({
      ok: true,
      value,
      data: { text: JSON.stringify(value) },
      contentType: "application/json",
      rawContentType: "application/x-www-form-urlencoded",
    });
  });

  test("is a form whatever the content type says: that is not signed", () => {
    const read = readPayload(scheme("slack"), request(command, "application/json"));
    expect(read).toMatchObject({ ok: true, value: { command: "/weather" } });
    expect(
      readPayload(scheme("slack"), request('{"event_id":"Ev1"}', "application/x-www-form-urlencoded")),
    ).toMatchObject({ value: { event_id: "Ev1" } });
  });

  test("with a field of JSON is that JSON", () => {
    const interaction = '{"type":"block_actions","n":12345678901234567890}';
    const read = readPayload(scheme("slack"), request(`payload=${encodeURIComponent(interaction)}`));
    expect(read).toMatchObject({ ok: true, data: { text: interaction }, contentType: "application/json" });
    expect(readPayload(scheme("slack"), request("payload=%7B"))).toMatchObject({ ok: false, status: 400 });
  });
});

test("JSON in lines is a list, each in its own text", () => {
  const read = readPayload(
    scheme("vercel-log-drains"),
    request('{"n":1.10}\n{"n":2}\n', "application/x-ndjson"),
  );
  expect(read).toMatchObject({
    ok: true,
    data: { text: '[{"n":1.10},{"n":2}]' },
    contentType: "application/json",
  });
  expect(
    readPayload(scheme("vercel-log-drains"), request('{"n":1}\n{"n"', "application/x-ndjson")),
  ).toMatchObject({ ok: false });
});

describe("what is not read here", () => {
  test("is base64, under the type that it came with", () => {
    expect(readPayload(xml, request("<a>é</a>", "application/xml; charset=utf-8"))).toEqual({
      ok: true,
      value: undefined,
      data: { base64: Buffer.from("<a>é</a>").toString("base64") },
      contentType: "application/xml",
      rawContentType: "application/xml; charset=utf-8",
    });
    expect(readPayload(csv, request(Buffer.from([0xff, 0x00]), "text/csv"))).toMatchObject({
      ok: true,
      data: { base64: "/wA=" },
    });
  });

  test("is refused under another type", () => {
    expect(readPayload(xml, request("a,b", "text/csv"))).toMatchObject({ ok: false, status: 415 });
    expect(readPayload(xml, request("a,b", "application/xml"))).toMatchObject({ ok: false, status: 400 });
    expect(readPayload(csv, request("a,b", "text/plain"))).toMatchObject({ ok: false, status: 415 });
  });
});
