import {
  isSigned,
  schemes,
  signatureHeader,
  verify,
  type Scheme,
  type WebhookRequest,
} from "../../providers";
import type { SignedTimestamp } from "../../providers/engine/scheme";
import { keysOf, sent } from "./providers/keys";
import { Random } from "./providers/random";
import type { OfficialLibrary } from "./official-libraries";

/* Requests that are changed at random, and what our verdict and that of the provider's own library say to each. */

/** Time of both sides, in milliseconds since the epoch. */
export const FUZZ_NOW = Date.parse("2026-03-01T12:00:00.250Z");

/** An intended difference between a library's verdict and ours, with its reason. */
export interface IntendedDifference {
  /** Side that rejects what the other accepts. */
  readonly rejectedBy: "us" | "them";
  /** Names of the libraries. @default all */
  readonly libraries?: readonly string[];
  readonly reason: string;
  /** Returns whether the difference is about this request. */
  readonly when: (facts: RequestFacts) => boolean;
}

interface RequestFacts {
  readonly incoming: WebhookRequest;
  /** Values of the signature's header, and of the other signed headers. */
  readonly signature: readonly string[];
  readonly signed: readonly string[];
  /** Text of the time of signing. */
  readonly time: string;
  /** Seconds by which that time is ahead of the clock, as a library reads it; NaN if there is none. */
  readonly ahead: number;
  /** Seconds by which the time may differ from the clock. */
  readonly window: number;
}

const PARSES_JSON = ["stripe", "standardwebhooks", "svix", "@workos-inc/node"];
const LISTS = ["stripe", "@mux/mux-node", "@paddle/paddle-node-sdk", "@workos-inc/node"];
const READS_NUMBERS = [...LISTS, "@slack/bolt", "standardwebhooks", "svix", "@sanity/webhook"];
const NO_CLOCK = ["@sanity/webhook", "discord-interactions", "@sendgrid/eventwebhook"];

/** All intended differences. A difference that none of them explains is a fault, in the library or here. */
export const INTENDED: readonly IntendedDifference[] = [
  {
    rejectedBy: "us",
    reason: "a header that came twice can be read as one value here and as another one by the next reader",
    when: ({ incoming }) => Object.values(incoming.headers).some((values) => (values?.length ?? 0) > 1),
  },
  {
    rejectedBy: "us",
    reason: "a header of more than 4,096 characters is none that a provider writes",
    when: ({ signed }) => signed.some((value) => value.length > 4096),
  },
  {
    rejectedBy: "them",
    libraries: ["@linear/sdk"],
    reason:
      "a byte order mark is no part of the JSON behind it; the library cannot read the time of such a body",
    when: ({ incoming }) => incoming.body.subarray(0, 3).toString("hex") === "efbbbf",
  },
  {
    rejectedBy: "us",
    libraries: NO_CLOCK,
    reason: "a captured request must not be good for ever; the library looks at no clock",
    when: ({ ahead, window }) => Math.abs(ahead) > window - 1,
  },
  {
    rejectedBy: "us",
    libraries: [...LISTS, "@slack/bolt"],
    reason: "without a bound for the future a captured request could wait behind it; the library has none",
    when: ({ ahead, window }) => ahead > window - 1,
  },
  {
    rejectedBy: "us",
    libraries: READS_NUMBERS,
    reason: "the text that was sent is signed; the library signs the number that it reads out of it",
    when: ({ time }) => !/^(0|[1-9][0-9]{0,13})$/.test(time),
  },
  {
    rejectedBy: "us",
    libraries: LISTS,
    reason: "which of two times was signed is a guess; the library takes one of them",
    when: ({ signature }) => (signature[0]?.match(/(^|[,;])\s*ts?=/g)?.length ?? 0) > 1,
  },
  {
    rejectedBy: "us",
    libraries: [...LISTS, "@slack/bolt", "standardwebhooks", "svix"],
    reason:
      "the library cuts a signature off at the second sign that separates it from its label, and takes what is left",
    when: ({ signature }) => /([vh][01]=[^,;]*|ts?=[^,;]*)=|v1,[^ ]*,/.test(signature[0] ?? ""),
  },
  {
    rejectedBy: "us",
    libraries: ["@workos-inc/node"],
    reason: "an item is what its label says; the library takes the first two, whatever their labels",
    when: ({ signature }) => !/^t=[^,]*,v1=/.test(signature[0] ?? ""),
  },
  {
    rejectedBy: "us",
    libraries: ["@line/bot-sdk", "@sendgrid/eventwebhook"],
    reason: "base64 is read as it is written; the library leaves aside what is no base64",
    when: ({ signature }) => Buffer.from(signature[0] ?? "", "base64").toString("base64") !== signature[0],
  },
  {
    rejectedBy: "us",
    libraries: ["@sendgrid/eventwebhook"],
    reason: "a signature is two numbers in DER; the library does not look at all lengths and tags in it",
    when: ({ signature }) => !isDerPair(Buffer.from(signature[0] ?? "", "base64")),
  },
  {
    rejectedBy: "us",
    libraries: ["discord-interactions"],
    reason: "hexadecimal is in lower case and pairs, as the provider writes it; the library takes any",
    when: ({ signature }) => !/^(?:[0-9a-f]{2})+$/.test(signature[0] ?? ""),
  },
  {
    rejectedBy: "us",
    libraries: ["@workos-inc/node"],
    reason: "the bytes as received are verified; the library verifies the JSON that it writes out of them",
    when: ({ incoming: { body } }) =>
      isJson(body) && JSON.stringify(JSON.parse(body.toString())) !== body.toString(),
  },
  {
    rejectedBy: "us",
    reason: "what is signed has to be printable ASCII: anything else depends on an encoding",
    when: ({ signed }) => signed.some((value) => /[^\x20-\x7e]/.test(value)),
  },
  {
    rejectedBy: "them",
    reason:
      "the bytes as received are verified; the library takes text, and bytes that are no UTF-8 are others then",
    when: ({ incoming: { body } }) => !Buffer.from(body.toString()).equals(body),
  },
  {
    rejectedBy: "them",
    libraries: PARSES_JSON,
    reason:
      "that the body is JSON is checked after the signature and answered with 400; the library does both at once",
    when: ({ incoming: { body } }) => !isJson(body),
  },
  {
    rejectedBy: "them",
    libraries: ["@octokit/webhooks-methods", "@shopify/shopify-api", "@sanity/webhook"],
    reason: "an empty body that is signed is signed; the library takes it for a missing one",
    when: ({ incoming: { body } }) => body.length === 0,
  },
  {
    rejectedBy: "them",
    libraries: ["stripe"],
    reason: "an item that is no signature is left aside; the library fails on an empty one",
    when: ({ signature }) => /(^|,)v1(=(=[^,]*)?)?(,|$)/.test(signature[0] ?? ""),
  },
  {
    rejectedBy: "them",
    libraries: ["stripe", "@mux/mux-node"],
    reason: "an item that is no signature is left aside; the library fails on one beyond printable ASCII",
    when: ({ signature }) => /[^\x20-\x7e]/.test(signature[0] ?? ""),
  },
  {
    rejectedBy: "them",
    libraries: ["@paddle/paddle-node-sdk", "@workos-inc/node", "@sanity/webhook"],
    reason: "any of several items may be the signature, as while a secret is replaced; the library reads one",
    when: ({ signature }) => (signature[0]?.match(/[,;]/g)?.length ?? 0) > 1,
  },
  {
    rejectedBy: "them",
    libraries: ["@paddle/paddle-node-sdk"],
    reason:
      "a provider that writes whole seconds has cut off the rest; the library counts it against the window",
    when: ({ ahead, window }) => ahead < 1 - window,
  },
  {
    rejectedBy: "them",
    libraries: ["@shopify/shopify-api"],
    reason: "a header that only describes the event, and is not signed, may be empty",
    when: ({ incoming: { headers } }) =>
      Object.entries(headers).some(
        ([name, values]) => !name.includes("hmac") && values?.every((value) => value.trim() === ""),
      ),
  },
  {
    rejectedBy: "them",
    reason: "white space around the items of a list means nothing, and some providers write it",
    when: ({ signature }) => /^\s|\s$|\s[,;=]|[,;=]\s|\s\s|\t/.test(signature[0] ?? ""),
  },
];

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}

/** Returns whether the bytes are exactly two INTEGERs in a SEQUENCE. */
function isDerPair(bytes: Buffer): boolean {
  const second = 4 + (bytes[3] ?? 0);
  return (
    bytes[0] === 0x30 &&
    bytes[1] === bytes.length - 2 &&
    bytes[2] === 0x02 &&
    bytes[second] === 0x02 &&
    bytes[second + 1] === bytes.length - second - 2
  );
}

type Change = (incoming: WebhookRequest, random: Random) => WebhookRequest;

function editHeader(edit: (value: string, random: Random) => readonly string[]): Change {
  return (incoming, random) => {
    const name = random.pick(Object.keys(incoming.headers));
    const values = (incoming.headers[name] ?? []).flatMap((value) => edit(value, random));
    return { ...incoming, headers: { ...incoming.headers, [name]: values } };
  };
}

const CHARACTERS = [...'09afAFzZ+/=-_,;. \t"v1t', "é", "\u0000", "☃"];

/** Returns a text in two parts, cut at a random position. */
function cut(text: string, random: Random): readonly [string, string] {
  const at = random.below(text.length + 1);
  return [text.slice(0, at), text.slice(at)];
}

const headerChanges: Readonly<Record<string, Change>> = {
  "header left out": editHeader(() => []),
  "header empty": editHeader((_value, random) => [random.pick(["", " ", "\t"])]),
  "header twice": editHeader((value, random) =>
    random.pick([
      [value, value],
      [value, "x"],
      ["x", value],
    ]),
  ),
  "header oversized": editHeader((value) => [value + "a".repeat(5000)]),
  "character changed": editHeader((value, random) => {
    const [before, behind] = cut(value, random);
    return [before + random.pick(CHARACTERS) + behind.slice(1)];
  }),
  "character put in": editHeader((value, random) => {
    const [before, behind] = cut(value, random);
    return [before + random.pick(CHARACTERS) + behind];
  }),
  "character taken out": editHeader((value, random) => {
    const [before, behind] = cut(value, random);
    return [before + behind.slice(1)];
  }),
  "cut off": editHeader((value, random) => [cut(value, random)[0]]),
  "upper case": editHeader((value) => [value.toUpperCase()]),
  "white space around": editHeader((value, random) => [
    random.pick([" ", "\t", ""]) + value + random.pick([" ", "\t", ""]),
  ]),
  "items before or behind": editHeader((value, random) => {
    const item = random.pick([
      "v0=abc",
      "v1=abc",
      "v1,abc",
      "v2,AA==",
      "t=1",
      "=",
      ",",
      "sha1=ab",
      "v1a,AA==",
    ]);
    const separator = random.pick([",", ", ", " ", ";"]);
    return [random.pick([`${item}${separator}${value}`, `${value}${separator}${item}`])];
  }),
  "another label": editHeader((value, random) => [
    value.replace(/v1|v0|sha256/, random.pick(["v9", "V1", "sha1", ""])),
  ]),
  "padding changed": editHeader((value, random) => [
    random.pick([value.replace(/=+$/, ""), `${value}=`, value.replace(/=$/, "%3D")]),
  ]),
  "bits beyond the last byte": editHeader((value) => [
    value.replace(/(.)=$/, (_all, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`),
  ]),
  "alphabet for URLs": editHeader((value) => [value.replace(/\+/g, "-").replace(/\//g, "_")]),
  "time written otherwise": editHeader((value, random) => [
    value.replace(/\b1[0-9]{9}(?:[0-9]{3})?\b/, (digits) =>
      random.pick([
        `+${digits}`,
        ` ${digits}`,
        `0${digits}`,
        `${digits}.0`,
        `${digits}abc`,
        `${digits}000`,
        "NaN",
        "-1",
      ]),
    ),
  ]),
  "time moved, unsigned": editHeader((value, random) => [
    value.replace(/\b1[0-9]{9}(?:[0-9]{3})?\b/, (digits) =>
      String(Number(digits) + random.pick([-301, -1, 1, 301])),
    ),
  ]),
};

const bodyChanges: Readonly<Record<string, Change>> = {
  "body with a byte changed": (incoming, random) => {
    const body = Buffer.from(incoming.body);
    if (body.length > 0) body[random.below(body.length)] = random.below(256);
    return { ...incoming, body };
  },
  "body longer": (incoming, random) => ({
    ...incoming,
    body: Buffer.concat([incoming.body, Buffer.from(random.pick([" ", "\n", "\0", "}"]))]),
  }),
  "body shorter": (incoming) => ({ ...incoming, body: incoming.body.subarray(0, -1) }),
};

/** URLs that a provider calls; only some schemes sign them. */
const URLS = [
  "https://in.example/webhook/sender",
  "https://in.example:8443/webhook/sender",
  "https://in.example/webhook/sender?a=1&b=it's",
];

/** Returns the provider's message before it is changed. */
function message(scheme: Scheme, random: Random): WebhookRequest {
  const id = `evt_${random.below(1000)}`;
  const json = () => Buffer.from(JSON.stringify({ id, text: text(random) }));
  const form = () => Buffer.from(new URLSearchParams({ MessageSid: id, Body: text(random) }).toString());
  const usual = scheme.contentTypes?.[0] === "application/x-www-form-urlencoded" ? form : json;
  const body = random.pick<() => Buffer>([
    usual,
    usual,
    usual,
    () => random.bytes(60),
    () => Buffer.alloc(0),
    () => Buffer.from("\ufeff{}"),
  ])();
  const { verify: how } = scheme;
  const window = (isSigned(how) ? how.timestamp?.window : undefined) ?? 300;
  const offset = random.pick([
    0,
    0,
    0,
    0,
    -window,
    -window - 1,
    window,
    window + 1,
    1 - window,
    86_400,
    -86_400,
  ]);
  const [right, wrong] = [keysOf(scheme, 0).signing, keysOf(scheme, 1).signing];
  const several = isSigned(how) && how.signature.value.form === "list" && random.below(6) === 0;
  return sent(scheme, body, {
    secret: several
      ? random.pick([
          [wrong, right],
          [right, wrong],
        ])
      : random.pick([right, right, right, right, wrong]),
    now: FUZZ_NOW + offset * 1000,
    id: `msg_${random.below(1_000_000)}`,
    url: random.pick(URLS),
  });
}

function text(random: Random): string {
  const pieces = [...'aZ0 "\\\n\u0000é☃😀'];
  return Array.from({ length: random.below(40) }, () => random.pick(pieces)).join("");
}

export interface FuzzResult {
  readonly library: string;
  readonly cases: number;
  readonly bothAccept: number;
  readonly bothReject: number;
  /** Number of times that each intended difference occurred, by its reason. */
  readonly intended: Readonly<Record<string, number>>;
  /** Descriptions of differences that nothing explains. */
  readonly faults: readonly string[];
}

/** Compares a library's verdicts with ours. The caller must set the machine's clock to {@link FUZZ_NOW}. */
export async function fuzzProviders(
  library: OfficialLibrary,
  cases: number,
  seed: number,
): Promise<FuzzResult> {
  const scheme = schemes[library.scheme];
  if (!scheme) throw new Error(`there is no scheme ${library.scheme}`);
  const secret = keysOf(scheme).configured;
  const random = new Random(seed);
  const changes = Object.entries({ ...headerChanges, ...bodyChanges });
  const intended: Record<string, number> = {};
  const faults: string[] = [];
  let bothAccept = 0;
  let bothReject = 0;
  for (let number = 0; number < cases; number += 1) {
    let incoming = message(scheme, random);
    const names: string[] = [];
    for (let count = random.pick([0, 1, 1, 1, 2, 3]); count > 0; count -= 1) {
      const [name, change] = random.pick(changes);
      names.push(name);
      incoming = change(incoming, random);
    }
    const ours = verify(scheme, incoming, [secret], FUZZ_NOW).ok;
    const theirs = await library.accepts(incoming, secret, FUZZ_NOW);
    if (ours === theirs) {
      if (ours) bothAccept += 1;
      else bothReject += 1;
      continue;
    }
    const facts = factsOf(scheme, incoming);
    const difference = INTENDED.find(
      ({ rejectedBy, libraries, when }) =>
        rejectedBy === (ours ? "them" : "us") &&
        (libraries === undefined || libraries.includes(library.name)) &&
        when(facts),
    );
    if (difference) intended[difference.reason] = (intended[difference.reason] ?? 0) + 1;
    else {
      faults.push(
        JSON.stringify({
          number,
          names,
          ours,
          theirs,
          headers: incoming.headers,
          body: incoming.body.toString(),
        }),
      );
    }
  }
  return { library: library.name, cases, bothAccept, bothReject, intended, faults };
}

function factsOf(scheme: Scheme, incoming: WebhookRequest): RequestFacts {
  const { verify: how } = scheme;
  const valuesOf = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => incoming.headers[name.toLowerCase()] ?? []);
  const signature = valuesOf(isSigned(how) ? how.signature.headers : [signatureHeader(scheme) ?? ""]);
  if (!isSigned(how)) return { incoming, signature, signed: signature, time: "", ahead: NaN, window: 0 };
  const others = how.content.flatMap((part) =>
    typeof part !== "string" && part.from === "header" ? valuesOf(part.names) : [],
  );
  const { timestamp } = how;
  const time = timestamp ? timeIn(timestamp.at, incoming, signature[0] ?? "") : "";
  const number = Number.parseInt(time, 10);
  return {
    incoming,
    signature,
    signed: [...signature, ...others],
    time,
    ahead: (timestamp?.unit === "ms" ? number : number * 1000) / 1000 - FUZZ_NOW / 1000,
    window: timestamp?.window ?? 0,
  };
}

/** Returns the text of the time of signing. Of several in one header this is the last, which the libraries read. */
function timeIn(at: SignedTimestamp["at"], { headers, body }: WebhookRequest, signature: string): string {
  switch (at.from) {
    case "header":
      return headers[at.names[0]?.toLowerCase() ?? ""]?.[0] ?? "";
    case "field":
      return (
        [...signature.matchAll(/(?:^|,)\s*t=([^,]*)|(?:^|;)\s*ts=([^;]*)/g)]
          .map(([, t, ts]) => t ?? ts ?? "")
          .at(-1) ?? ""
      );
    case "payload":
      return new RegExp(`"${at.path.at(-1)}":\\s*([^,}]*)`).exec(body.toString())?.[1] ?? "";
  }
}
