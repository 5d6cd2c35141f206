import { gzipSync } from "node:zlib";
import { schemes, signMessage, type Scheme, type WebhookRequest } from "../../providers";
import { keysOf } from "./providers/keys";
import { NOW } from "./providers/requests";
import { custom, sender } from "./providers/senders";

/** Time at which the forged requests arrive, in milliseconds since the epoch. */
export const FORGED_NOW = NOW;

const URL_ = "https://hooks.example.com/webhook";

/** A scheme under attack: two secrets are live, and the attacker knows everything except them. */
export interface Target {
  readonly scheme: Scheme;
  /** Configured secrets: one and the one that it replaces. */
  readonly secrets: readonly string[];
  /** Content of the URL from which the scheme's keys are fetched; attackers can read it, too. */
  readonly fetched: string | undefined;
  /** A request that is right except for the secret that signed it. */
  readonly template: WebhookRequest;
}

/** Returns every scheme that proves something. */
export function targets(): readonly Target[] {
  return Object.values(schemes)
    .filter(({ verify }) => verify.kind !== "none")
    .map(target);
}

function target(scheme: Scheme): Target {
  if (scheme.verify.kind === "custom") {
    const { secret, send, published: fetched } = sender(scheme.id);
    const template = { ...send(), url: URL_ };
    const other = () => custom(scheme.id).verify.newSecret().secret;
    // With a fetched key, the template is a captured request and so is right; every shape changes its body.
    return { scheme, secrets: fetched === undefined ? [other(), other()] : [secret], fetched, template };
  }
  const body = Buffer.from('{"id":"evt_1","signature":{"timestamp":"1","token":"t"}}');
  const made = signMessage(scheme, { body, secret: keysOf(scheme, 2).signing, now: NOW, url: URL_ });
  const headers = Object.entries(made.headers).map(([name, value]) => [name.toLowerCase(), [value]]);
  return {
    scheme,
    secrets: [keysOf(scheme, 0).configured, keysOf(scheme, 1).configured],
    fetched: undefined,
    template: {
      method: "POST",
      url: URL_,
      query: made.query,
      headers: Object.fromEntries(headers) as WebhookRequest["headers"],
      body: made.body,
    },
  };
}

/** A kind of request that an attacker sends, made to cost as much as possible. */
export interface Shape {
  readonly name: string;
  /** @param size approximate size of the body, in bytes */
  readonly forge: (target: Target, size: number) => WebhookRequest;
}

/**
 * Returns a function that remembers its last body, which is the same for every scheme: a bench calls it a hundred times
 * in a row with the same size.
 */
function once(make: (size: number) => Buffer): (size: number) => Buffer {
  let last: { readonly size: number; readonly body: Buffer } | undefined;
  return (size) => {
    if (last?.size !== size) last = { size, body: make(size) };
    return last.body;
  };
}

/** Returns a body without any content. */
const plain = once((size) => Buffer.alloc(size, "a"));

/** Returns a shape whose body repeats a piece between a beginning and an end. */
function filled(name: string, piece: string, before = "", after = ""): Shape {
  const body = once((size) => fill(piece, size, before, after));
  return { name, forge: ({ template }, size) => ({ ...template, body: body(size) }) };
}

function fill(piece: string, size: number, before = "", after = ""): Buffer {
  const inside = Buffer.alloc(Math.max(0, size - before.length - after.length), piece, "latin1");
  return Buffer.concat([Buffer.from(before, "latin1"), inside, Buffer.from(after, "latin1")]);
}

/** Returns a shape like {@link filled}, with the count in each piece. */
function counted(name: string, piece: (index: number) => string, before = "", after = ""): Shape {
  const body = once((size) => {
    const pieces: string[] = [];
    for (let length = before.length + after.length, index = 0; ; index += 1) {
      const next = piece(index);
      length += next.length;
      if (length > size) break;
      pieces.push(next);
    }
    return Buffer.from(before + pieces.join("") + after, "latin1");
  });
  return { name, forge: ({ template }, size) => ({ ...template, body: body(size) }) };
}

/** Returns a shape with the template's own body, which has what the scheme looks for, and something large in it. */
function inside(name: string, piece: string, open: string, close: string): Shape {
  return {
    name,
    forge: ({ template }, size) => {
      const own = template.body.toString("latin1");
      const json = own.startsWith("{");
      const [before, after] = json ? [`${own.slice(0, -1)},"x":${open}`, `${close}}`] : [`${own}&x=`, ""];
      return { ...template, body: fill(piece, size, before, after) };
    },
  };
}

/** Returns a shape with changed headers and a plain body. */
function headed(name: string, change: (value: string, header: string) => readonly string[]): Shape {
  return {
    name,
    forge: ({ template }, size) => ({
      ...template,
      body: plain(size),
      headers: Object.fromEntries(
        Object.entries(template.headers).map(([header, values]) => [
          header,
          change(values?.[0] ?? "", header),
        ]),
      ),
    }),
  };
}

function multipart(
  name: string,
  boundary: string,
  piece: string,
  type = `multipart/form-data; boundary=${boundary}`,
): Shape {
  const body = once((size) => fill(piece, size, `--${boundary}\r\n`, `\r\n--${boundary}--`));
  return {
    name,
    forge: ({ template }, size) => ({
      ...template,
      headers: { ...template.headers, "content-type": [type] },
      body: body(size),
    }),
  };
}

/**
 * Returns a shape with parameters in the query and a plain body. Request line and headers are limited to 10,240 bytes.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
function asked(name: string, parameters: readonly (readonly [string, string])[]): Shape {
  return { name, forge: ({ template }, size) => ({ ...template, parameters, body: plain(size) }) };
}

/** Returns a shape with as many signatures as a header can have, all in the given one's form and different from it. */
function manySignatures(separator: string): Shape {
  return headed(`many signatures, after ${JSON.stringify(separator)}`, (value) => {
    const items = value.split(/[,; ]/).filter((item) => item.length > 20);
    const item = items.at(-1) ?? value;
    const lead = value.startsWith("v1") && separator === " " ? value.slice(0, 3) : "";
    const one = lead !== "" && !item.startsWith(lead) ? `${lead}${item}` : item;
    let all = value;
    while (all.length + one.length < 4_000) all += separator + one;
    return [all];
  });
}

const digits = "1234567890";

const bomb = once((size) => gzipSync(Buffer.alloc(Math.min(size, 100_000) * 100), { level: 1 }));

/** All kinds of forged requests. */
export const shapes: readonly Shape[] = [
  filled("one letter", "a"),
  filled("zeros", "\0"),
  filled("no UTF-8", "\xff"),
  filled("UTF-8 of two bytes", "\xc3\xa9", '{"a":"', '"}'),
  filled("form: wrong escapes", "%=&"),
  filled("form: wrong escapes in one value", "%", "a="),
  filled("form: half escapes", "%a", "a="),
  filled("form: escapes that are no UTF-8", "%ff", "a="),
  filled("form: escapes", "%22", "mandrill_events="),
  filled("form: escapes of UTF-8", "%e2%82%ac", "mandrill_events="),
  filled("form: plus", "+", "a="),
  filled("form: equals", "=", "a"),
  filled("form: ampersands", "&", "a="),
  filled("form: empty fields", "&="),
  filled("form: one field over and over", "a=b&"),
  counted("form: distinct fields", (index) => `k${index}=v&`),
  counted("form: distinct fields with escapes", (index) => `%6b${index}=%&`),
  filled("form: payload and signatures", "A", "bt_signature=a|b&bt_payload=PG5vdGlmaWNhdGlvbj4"),
  filled("form: many signatures in the body", "a|bbbbbbbbbbbbbbbbbbbb%26", "bt_payload=PD4=&bt_signature="),
  filled("JSON: brackets", "["),
  filled("JSON: braces", '{"a":'),
  filled("JSON: closed brackets", "[],", "[", "1]"),
  filled("JSON: objects", "{},", "[", "1]"),
  filled("JSON: numbers", "1,", "[", "1]"),
  filled("JSON: one huge number", digits, '{"a":', "}"),
  filled("JSON: huge numbers", "1e999,", "[", "1]"),
  filled("JSON: white space", " ", "{", "}"),
  filled("JSON: one text", "a", '{"a":"', '"}'),
  filled("JSON: unicode escapes", "\\u00e9", '{"a":"', '"}'),
  filled("JSON: escaped quotes", '\\"', '{"a":"', '"}'),
  filled("JSON: backslashes", "\\\\", '{"a":"', '"}'),
  filled("JSON: duplicate keys", '"a":1,', "{", '"a":1}'),
  counted("JSON: distinct keys", (index) => `"k${index}":1,`, "{", '"k":1}'),
  counted("JSON: distinct objects", (index) => `{"k${index}":1},`, "[", "1]"),
  inside("own body with brackets", "[", "", ""),
  inside("own body with objects", "{},", "[", "1]"),
  inside("own body with numbers", "1,", "[", "1]"),
  inside("own body with a text", "a", '"', '"'),
  inside("own body with escapes", "\\u00e9", '"', '"'),
  inside("own body with escaped quotes", '\\"', '"', '"'),
  inside("own body with wrong escapes", "%", '"', '"'),
  {
    name: "own body over and over in a list",
    forge: ({ template }, size) => {
      const own = template.body.toString("latin1");
      const list = /\[(\{.*\})\]/.exec(own)?.[1];
      const piece = list === undefined ? own : `${list},`;
      const [before = "", after = ""] = list === undefined ? [] : own.split(list, 2);
      return { ...template, body: fill(piece, size, before, `${list ?? ""}${after}`) };
    },
  },
  filled("JWT: full stops", "."),
  filled("JWT: a large header", "A", "eyJhbGciOiJSUzI1NiIsIng", ".e30.c2ln"),
  filled("JWT: a large payload", "A", "eyJhbGciOiJSUzI1NiJ9.", ".c2ln"),
  filled("JWT: a large signature", "A", "eyJhbGciOiJSUzI1NiJ9.e30."),
  filled("XML", "<a>", "<notification>", "</notification>"),
  filled("white space behind XML", " ", "<a>", "x"),
  filled("line ends", "\r\n"),
  filled("base64 with white space", "AA \n", "", "!"),
  multipart("multipart: parts", "b", "\r\n--b"),
  multipart(
    "multipart: parts with a name",
    "b",
    '\r\n--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n',
  ),
  multipart("multipart: nearly the boundary", "-".repeat(70), "\r\n--".padEnd(73, "-")),
  multipart("multipart: dashes", "-".repeat(70), "-"),
  multipart("multipart: head without end", "b", "Content-Disposition: form-data;".padEnd(64, ";")),
  multipart(
    "multipart: type of semicolons",
    "b",
    "\r\n--b",
    `multipart/form-data${"; ".repeat(4_000)}boundary=b`,
  ),
  {
    name: "gzip bomb",
    // Ten megabytes when inflated.
    forge: ({ template }, size) => ({
      ...template,
      headers: { ...template.headers, "content-encoding": ["gzip"] },
      body: bomb(size),
    }),
  },
  manySignatures(","),
  manySignatures(";"),
  manySignatures(" "),
  headed("long headers", (value) => [value.padEnd(4_096, "a")]),
  headed("headers of separators", (value) => [`${value}${",=".repeat(1_500)}`]),
  headed("headers many times", (value) => Array.from({ length: 100 }, () => value)),
  headed("headers of full stops", () => [".".repeat(4_096)]),
  headed("JWT: headers", () => [`eyJhbGciOiJSUzI1NiIsIngiOi${"W1tb".repeat(900)}.e30.c2ln`]),
  {
    name: "many headers",
    forge: ({ template }, size) => ({
      ...template,
      body: plain(size),
      headers: {
        ...template.headers,
        ...Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`x-${index}`, ["a"]])),
      },
    }),
  },
  {
    name: "numbered headers",
    forge: ({ template }, size) => ({
      ...template,
      body: plain(size),
      headers: {
        ...template.headers,
        ...Object.fromEntries(
          Array.from({ length: 100 }, (_, index) => [
            `x-docusign-signature-${index + 1}`,
            [Buffer.alloc(32, index).toString("base64")],
          ]),
        ),
      },
    }),
  },
  asked("query: one parameter over and over", Array(4_900).fill(["a", ""])),
  asked(
    "query: distinct parameters",
    Array.from({ length: 2_500 }, (_, index): [string, string] => [index.toString(36), ""]),
  ),
  asked(
    "query: parameters of escapes",
    Array.from({ length: 1_200 }, (_, index): [string, string] => [`${index.toString(36)}é`, "'€ "]),
  ),
  {
    name: "long query",
    forge: ({ template }, size) => ({
      ...template,
      body: plain(size),
      // With escapes these are 9,800 bytes: API Gateway accepts 10,240 bytes of request line and headers.
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
      query: { ...template.query, bodySHA256: "%27'".repeat(600), token: "a".repeat(5_000) },
    }),
  },
];
