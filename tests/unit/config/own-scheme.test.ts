import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../../config";
import { stackConfig } from "../../../local/deployer/config";

const loaded = (scheme: unknown, over: Record<string, unknown> = {}) => {
  const acme = { name: "acme", scheme, secret: { ssm: "/inbox/acme" }, ...over };
  pulumi.runtime.setAllConfig(stackConfig("example", { providers: [acme] }));
  return loadConfig();
};
const messageOf = (scheme: unknown, over?: Record<string, unknown>): string => {
  try {
    loaded(scheme, over);
    return "nothing was rejected";
  } catch (error) {
    return String(error);
  }
};

test("a scheme of one's own is taken as it is written, also under the name of a built-in one", () => {
  const scheme = {
    hmac: {
      header: "Acme-Signature",
      prefix: "v1=",
      hash: "sha256",
      encoding: "base64",
      content: ["timestamp", ".", "body"],
      timestamp: { header: "Acme-Time", unit: "s", window: 300 },
    },
    event: { id: "body.id", type: "header.Acme-Event", time: "body.created_at", entity: "body.account" },
  };
  expect(loaded(scheme, { name: "stripe", orderingKey: "entity" }).providers[0]).toMatchObject({
    name: "stripe",
    scheme,
  });
});

describe("a scheme that cannot work is rejected, and the message says where and what is allowed:", () => {
  const hmac = { header: "X-Signature" };
  test.each<[string, unknown, string]>([
    [
      "neither name nor scheme",
      7,
      "providers[0].scheme = 7: allowed is the name of a scheme, or one of { hmac: ... }",
    ],
    [
      "two kinds",
      { hmac, token: { header: "A" } },
      "providers[0].scheme: allowed is the name of a scheme, or one of",
    ],
    ["a misspelt kind", { hmca: hmac }, 'providers[0].scheme: unknown key "hmca". Did you mean hmac?'],
    [
      "a misspelt key",
      { hmac: { ...hmac, hsh: "sha1" } },
      'scheme.hmac: unknown key "hsh". Did you mean hash?',
    ],
    ["no header", { hmac: {} }, "scheme.hmac.header: allowed is the name of a header"],
    [
      "a hash that is none",
      { hmac: { ...hmac, hash: "sha265" } },
      'hmac.hash = "sha265": allowed are sha256, sha512, sha1, md5. Did you mean sha256?',
    ],
    ["an encoding that is none", { hmac: { ...hmac, encoding: "base46" } }, "Did you mean base64?"],
    [
      "a window without a timestamp",
      { hmac: { ...hmac, window: 300 } },
      'unknown key "window". It belongs into timestamp: { header: <Name>, unit: s, window: 300 }',
    ],
    [
      "a timestamp without a place",
      { hmac: { ...hmac, content: ["timestamp", "body"], timestamp: { window: 60 } } },
      "hmac.timestamp: allowed is exactly one of header, field and body",
    ],
    [
      "content with a timestamp that is nowhere",
      { hmac: { ...hmac, content: ["timestamp", ".", "body"] } },
      "hmac.content: has timestamp, and nothing says where it is",
    ],
    [
      "a timestamp that is not signed",
      { hmac: { ...hmac, timestamp: { header: "T" } } },
      "hmac.content: leaves out timestamp, so that anyone could change it",
    ],
    [
      "content without the body",
      { hmac: { ...hmac, content: ["url"] } },
      "hmac.content: leaves out body, so that anyone",
    ],
    [
      "a misspelt part",
      { hmac: { ...hmac, content: ["bdoy"] } },
      'hmac.content[0] = "bdoy": allowed are body, timestamp, url',
    ],
    ["a field of no list", { hmac: { ...hmac, content: ["field.t", "body"] } }, "hmac.list: is needed"],
    [
      "a list with a prefix",
      { hmac: { ...hmac, prefix: "v1=", list: { signature: "v1" } } },
      "hmac.prefix: a list has no prefix",
    ],
    [
      "a place that is none",
      { hmac, event: { id: "headers.X-Id" } },
      'event.id = "headers.X-Id": allowed are header.<Name> and body.<path>. Did you mean header?',
    ],
    [
      "two unsigned ids",
      { hmac, event: { id: ["header.A", "header.B"] } },
      "event.id: header.A and header.B are not signed: one such header",
    ],
    [
      "an id that a replay could change",
      { hmac: { ...hmac, content: ["body.key"], covers: "part" }, event: { id: "body.id" } },
      "event.id: body.id is not signed, so a replay could change it",
    ],
    [
      "an identity by a time that is not signed",
      { hmac, event: { otherwise: "body-and-time" } },
      "no time of signing",
    ],
    [
      "a token in two places",
      { token: { header: "A", query: "b" } },
      "scheme.token: allowed is exactly one of header, query and basic",
    ],
  ])("%s", (_, scheme, message) => {
    expect(messageOf(scheme)).toContain(message);
  });

  test("no secret, or an entity that it does not name", () => {
    expect(messageOf({ hmac }, { secret: undefined })).toContain(
      "providers[0].secret: allowed is exactly one of",
    );
    expect(messageOf({ hmac }, { orderingKey: "entity" })).toContain(
      "own scheme (X-Signature) names no entity",
    );
    expect(messageOf({ hmac }, { split: true })).toContain(
      "own scheme (X-Signature) sends one event in a request",
    );
  });
});
