import { ingest } from "../../../../functions/domain/ingest";
import type { IngestPorts } from "../../../../functions/domain/ingest-ports";
import type { IngestRequest } from "../../../../functions/domain/ingest-request";
import {
  formatRejected,
  MAX_QUARANTINED_BYTES,
  parseRejected,
  receivedAtOf,
  rejectedIdIn,
  rejectedKey,
  type RejectedRequest,
} from "../../../../functions/domain/rejected";
import { SecretProblemError } from "../../../../functions/domain/secret-problem";
import { sourceRanges } from "../../../../functions/domain/source-ranges";
import { tokenBuckets } from "../../../../functions/domain/token-bucket";
import { sign } from "../../../../providers";
import { schemeOf } from "../../../support/providers/requests";
import { sender } from "../../../support/providers/senders";
import { Quarantine } from "../../../support/quarantine";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const RIGHT = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";
const WRONG = "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXI=";

interface Given {
  readonly scheme?: string;
  readonly body?: Buffer;
  readonly over?: Partial<IngestRequest>;
  /** Fails, or takes them no more. */
  readonly keep?: () => Promise<boolean>;
  readonly admits?: boolean;
  readonly stored?: Readonly<Record<string, readonly string[]>>;
  /** Secret or private key of the provider. */
  readonly signWith?: string;
  /** What the provider answers to the request for its key. */
  readonly published?: string | undefined;
  /** From which alone the provider's webhooks are taken. */
  readonly ranges?: readonly string[];
}

/** A request signed with a secret that is not the stored one, at the endpoint. */
async function reject(given: Given = {}) {
  const { scheme = "stripe", signWith = RIGHT, body = Buffer.from('{"id":"evt_1"}'), admits = true } = given;
  const { keep = async () => true, stored = { own: [WRONG] } } = given;
  const quarantine = new Quarantine();
  const lines: Readonly<Record<string, unknown>>[] = [];
  const ports: IngestPorts = {
    providers: new Map(
      ["own", "other"].map((name) => {
        const sources = given.ranges && { sources: sourceRanges(given.ranges) };
        return [name, { name, scheme: schemeOf(scheme), ...sources }] as const;
      }),
    ),
    secrets: {
      get: async (name) => {
        const secrets = stored[name];
        if (!secrets) throw new SecretProblemError("secret_missing", `the secret of ${name} is not stored`);
        return secrets;
      },
      refresh: async () => false,
      learn: async () => false,
    },
    keys: { fetch: async () => given.published, refresh: async () => false },
    visit: async () => undefined,
    payloads: {
      put: () => Promise.reject(new Error("nothing is stored of it")),
      remove: () => Promise.reject(new Error("nothing is stored of it")),
    },
    records: { claim: () => Promise.reject(new Error("nothing is stored of it")) },
    queue: { send: () => Promise.reject(new Error("nothing is queued of it")) },
    rejected: {
      admits: () => admits,
      keep: async (rejected) => (await keep()) && quarantine.keep(rejected),
    },
    now: () => NOW,
    log: (line) => lines.push(line),
  };
  const headers = sign(schemeOf(scheme), { body, secret: signWith, now: NOW });
  const request: IngestRequest = {
    method: "POST",
    pathProvider: "own",
    requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    sourceIp: "203.0.113.7",
    url: "https://api.example.com/v1/webhook/own",
    headers: Object.fromEntries(
      Object.entries({ ...headers, Cookie: "session=1", "X-Forwarded-For": "203.0.113.7" }).map(
        ([name, value]) => [name.toLowerCase(), [value]],
      ),
    ),
    body,
    ...given.over,
  };
  const answer = await ingest(request, ports);
  return { answer, kept: quarantine.kept, line: lines[0] ?? {}, request };
}

describe("a request whose signature is rejected", () => {
  test("is kept with its reason and all that verifying it takes, and the log says where", async () => {
    const { answer, kept, line, request } = await reject();
    expect(answer.status).toBe(401);
    expect(kept).toEqual([
      {
        id: "own/20260102T030405678Z-c6af9ac6",
        provider: "own",
        scheme: "stripe",
        receivedAt: "2026-01-02T03:04:05.678Z",
        reason: "signature_mismatch",
        detail: "the secret did not sign these bytes",
        diagnosis: { cause: "no_secret_matched", detail: expect.any(String) as string },
        requestId: request.requestId,
        sourceIp: "203.0.113.7",
        request: {
          method: "POST",
          url: request.url,
          headers: { "stripe-signature": request.headers["stripe-signature"] },
          body: request.body,
        },
      },
    ]);
    expect(line).toMatchObject({
      status: 401,
      reason: "signature_mismatch",
      quarantined: true,
      rejectedId: "own/20260102T030405678Z-c6af9ac6",
      diagnosis: { cause: "no_secret_matched" },
    });
  });

  test("is diagnosed for the operator, and its provider learns nothing of it", async () => {
    const { answer, line } = await reject({ stored: { own: [WRONG], other: [RIGHT] } });
    expect(line["diagnosis"]).toEqual({
      cause: "other_provider",
      detail: "a secret of the provider other matches",
    });
    const { detail } = JSON.parse(answer.body) as { detail: string };
    expect(detail).toBe("The signature does not match the body.");
  });

  const plaid = sender("plaid");
  test.each<[string, Given]>([
    ["the secrets of its provider", { stored: { own: [RIGHT] } }],
    [
      "the key that was fetched for it",
      {
        ...{ scheme: "plaid", signWith: plaid.signWith },
        ...{ stored: { own: [plaid.secret] }, published: plaid.published },
      },
    ],
  ])("is diagnosed with %s", async (_, given) => {
    const { line } = await reject({ ...given, over: { body: Buffer.from('{"id": "evt_1"}') } });
    expect(line["diagnosis"]).toMatchObject({ cause: "body_altered" });
  });

  test("from POST /webhook is kept with the header that stands for the provider's own", async () => {
    const { request } = await reject();
    const signature = request.headers["stripe-signature"] ?? [];
    const headers = { "x-webhook-provider": ["own"], "x-webhook-signature": signature };
    const { kept } = await reject({ over: { pathProvider: undefined as never, headers } });
    expect(kept[0]?.request.headers["stripe-signature"]).toEqual(signature);
  });

  test.each<[string, Given, string]>([
    [
      "without any signature",
      { over: { headers: { "user-agent": ["scanner"] } } },
      "it carries no signature",
    ],
    [
      "with a large body",
      { body: Buffer.alloc(MAX_QUARANTINED_BYTES + 1, "x") },
      `its body is larger than ${MAX_QUARANTINED_BYTES} bytes`,
    ],
    ["of a flood", { admits: false }, "rate limit exceeded"],
    ["while S3 is down", { keep: () => Promise.reject(new Error("S3 is down")) }, "Error: S3 is down"],
  ])("%s is not kept, and is rejected and logged as ever", async (_, given, notQuarantined) => {
    const { answer, kept, line } = await reject(given);
    expect([answer.status, kept]).toEqual([401, []]);
    expect(line).toMatchObject({ status: 401, quarantined: false, notQuarantined });
  });

  test("is looked into also where none are kept", async () => {
    const { kept, line } = await reject({ keep: async () => false });
    expect(kept).toEqual([]);
    expect(line).toMatchObject({ quarantined: false, diagnosis: { cause: "no_secret_matched" } });
    expect(line).not.toHaveProperty("rejectedId");
  });

  test("with one of its headers missing is kept: a proxy may have dropped it", async () => {
    const { request } = await reject({ scheme: "slack" });
    const headers = { "x-slack-signature": request.headers["x-slack-signature"] ?? [] };
    const { kept } = await reject({ scheme: "slack", over: { headers } });
    expect(kept).toMatchObject([{ reason: "header_missing" }]);
  });
});

describe("a request for a provider without a usable secret", () => {
  const notReady = "This endpoint is not ready for this provider yet";

  test.each<[string, Given, string, string]>([
    ["none is stored", { stored: {} }, "secret_missing", "the secret of own is not stored"],
    ["all have expired", { stored: { own: [] } }, "secret_missing", "own has no secret that has not expired"],
    ["it is a placeholder", { stored: { own: ["whsec_..."] } }, "secret_malformed", "is a placeholder"],
    [
      "it is not base64",
      { scheme: "standard-webhooks", stored: { own: ["whsec_a*b"] } },
      "secret_malformed",
      "is not base64 after whsec_",
    ],
  ])("(%s) is answered 503 with a true text, and kept with the cause", async (_, given, reason, detail) => {
    const { answer, kept, line, request } = await reject(given);
    expect(answer).toMatchObject({
      status: 503,
      headers: { "content-type": "application/problem+json", "retry-after": "5" },
    });
    expect((JSON.parse(answer.body) as { detail: string }).detail).toContain(notReady);
    expect(answer.body).not.toContain(detail);
    const cause = { cause: reason, detail: expect.stringContaining(detail) as string };
    expect(kept).toMatchObject([{ reason, diagnosis: cause, request: { body: request.body } }]);
    expect(line).toMatchObject({ status: 503, reason, quarantined: true, rejectedId: kept[0]?.id });
    expect(parseRejected(formatRejected(kept[0] as RejectedRequest))).toMatchObject({ reason });
  });

  test.each<[string, Given, string]>([
    ["without any signature", { over: { headers: {} } }, "it carries no signature"],
    ["with a large body", { body: Buffer.alloc(MAX_QUARANTINED_BYTES + 1, "x") }, "its body is larger"],
    ["of a flood", { admits: false }, "rate limit exceeded"],
  ])("%s is not kept, and is answered and counted all the same", async (_, given, notQuarantined) => {
    const { answer, kept, line } = await reject({ stored: {}, ...given });
    expect([answer.status, kept]).toEqual([503, []]);
    expect(line).toMatchObject({
      reason: "secret_missing",
      notQuarantined: expect.stringContaining(notQuarantined) as string,
    });
  });
});

describe("a verified request from an address outside its provider's ranges", () => {
  const given = { stored: { own: [RIGHT] }, ranges: ["198.51.100.0/24", "2001:db8::/32"] };

  test("is answered 403 with a true text, not stored, and kept with its address and the setting", async () => {
    const { answer, kept, line, request } = await reject(given);
    expect(answer).toMatchObject({ status: 403, headers: { "content-type": "application/problem+json" } });
    expect(JSON.parse(answer.body)).toMatchObject({
      title: "Source address not allowed",
      detail: "Webhooks of this provider are not taken from the address that this one came from.",
    });
    const detail = "203.0.113.7 is in none of the allowedSourceRanges of own";
    expect(kept).toMatchObject([
      {
        ...{ reason: "source_not_allowed", detail, sourceIp: "203.0.113.7" },
        ...{ diagnosis: { cause: "source_not_allowed", detail }, request: { body: request.body } },
      },
    ]);
    const rejectedId = kept[0]?.id;
    expect(line).toMatchObject({ status: 403, reason: "source_not_allowed", quarantined: true, rejectedId });
  });

  test.each<[string, Given]>([
    ["its body is large", { body: Buffer.alloc(MAX_QUARANTINED_BYTES + 1, "x") }],
    ["there are many", { admits: false }],
  ])("is kept also where %s: nobody else can have sent it", async (_, over) => {
    const { answer, kept } = await reject({ ...given, ...over });
    expect([answer.status, kept.length]).toEqual([403, 1]);
  });

  test("is kept within the quarantine's bounds if the provider signs nothing, since anybody can have sent it", async () => {
    const unsigned = { ...given, scheme: "strava" };
    expect((await reject(unsigned)).kept).toMatchObject([
      { reason: "source_not_allowed", diagnosis: { cause: "unsigned" } },
    ]);
    const { answer, kept } = await reject({ ...unsigned, admits: false });
    expect([answer.status, kept]).toEqual([403, []]);
  });

  test("with a wrong signature is a rejected signature", async () => {
    const { answer, kept } = await reject({ ...given, stored: { own: [WRONG] } });
    expect([answer.status, kept[0]?.reason]).toEqual([401, "signature_mismatch"]);
  });
});

describe("a kept request", () => {
  test("comes back as it was, whatever its provider called its headers", async () => {
    const headers = JSON.parse(
      '{"__proto__":["a"],"constructor":["b"],"stripe-signature":["t=1,v1=x"]}',
    ) as object;
    const { kept } = await reject({
      body: Buffer.from([0, 0xff, 0x22]),
      over: {
        headers: headers as IngestRequest["headers"],
        query: { a: "1" },
        parameters: [
          ["a", "1"],
          ["b", "2"],
          ["b", "3"],
        ],
      },
    });
    const [before] = kept;
    if (!before) throw new Error("nothing was kept");
    const after = parseRejected(formatRejected(before));
    expect(after.request.body).toEqual(before.request.body);
    // A signed address holds all of them, so a release needs them.
    expect(after.request.parameters).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["b", "3"],
    ]);
    expect(Object.entries(after.request.headers)).toEqual(Object.entries(headers));
    expect(after.request.headers["tostring"]).toBeUndefined();
    expect({ ...after, request: null }).toEqual({ ...before, request: null });
  });

  test("lies under its provider and day, and its key gives back its id and time", () => {
    const id = "own/20260102T030405678Z-c6af9ac6";
    const key = rejectedKey(id);
    expect(key).toBe("rejected/own/2026-01-02/20260102T030405678Z-c6af9ac6");
    expect([rejectedIdIn(key ?? ""), receivedAtOf(id)]).toEqual([id, NOW]);
  });

  test.each(["", "own", "../raw/x", "own/../../raw/x", "own/20260102T030405678Z-a/b"])(
    "has no id %j",
    (id) => {
      expect(rejectedKey(id)).toBeUndefined();
    },
  );
});

describe("a bucket of tokens", () => {
  test("gives a burst at once and a rate per second, to each name its own", () => {
    let now = 0;
    const { take } = tokenBuckets(3, 1, () => now);
    const taken = (name: string, times: number) =>
      Array.from({ length: times }, () => take(name)).filter((one) => one).length;
    expect([taken("a", 5), taken("b", 5)]).toEqual([3, 3]);
    now = 2_500;
    expect(taken("a", 5)).toBe(2);
    now = 3_000;
    expect(taken("a", 5)).toBe(1);
    now = 3_600_000;
    expect(taken("a", 5)).toBe(3);
  });
});
