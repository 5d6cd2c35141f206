import { schemes, sign, verify, type HmacScheme, type WebhookRequest } from "../../../../providers";
import { officialLibraries } from "../../../support/official-libraries";
import { sent } from "../../../support/providers/keys";
import { forRandomCases, type Random } from "../../../support/providers/random";
import {
  headerOf,
  NOW,
  OTHER_SECRET,
  request,
  scheme,
  SECRET,
  signed,
  withHeader,
} from "../../../support/providers/requests";

/* The providers' own libraries: what they sign we accept, what we sign they accept, what they reject we reject. */

const URL_ = "https://in.example/webhook/sender";

/** The library of a provider, with the scheme that it implements. */
interface Peer {
  readonly of: HmacScheme;
  accepts(incoming: WebhookRequest): Promise<boolean>;
}

function peer(name: string): readonly [string, Peer] {
  const library = officialLibraries.find((candidate) => candidate.name === name);
  if (!library) throw new Error(`there is no library ${name}`);
  return [
    name,
    { of: scheme(library.scheme), accepts: (incoming) => library.accepts(incoming, SECRET, NOW) },
  ];
}

const peers = ["stripe", "@octokit/webhooks-methods", "standardwebhooks", "svix"].map(peer);

/** JSON, because the libraries parse it, with text of more than one byte a character. */
function randomBody(random: Random): string {
  const text = Array.from({ length: random.below(200) }, () => random.pick([...'aZ0 "\\\n\u0000é☃😀'])).join(
    "",
  );
  return JSON.stringify({ id: `evt_${random.below(1000)}`, text });
}

function cases(count: number): { readonly body: string; readonly id: string }[] {
  const made: { body: string; id: string }[] = [];
  forRandomCases(count, (random) => {
    made.push({ body: randomBody(random), id: `msg_${random.below(1_000_000)}` });
  });
  return made;
}

// The libraries read the machine's clock.
beforeAll(() => jest.useFakeTimers({ now: NOW, doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] }));
afterAll(() => jest.useRealTimers());

describe.each(officialLibraries.filter(({ sign }) => sign))("$name", (library) => {
  const of = schemes[library.scheme];
  if (!of) throw new Error(`there is no scheme ${library.scheme}`);
  // What Twilio signs is a form.
  const bodies = cases(100).map(({ body, id }) => ({
    id,
    body: library.scheme === "twilio" ? new URLSearchParams({ id, body }).toString() : body,
  }));

  it("signs what is accepted here", async () => {
    for (const { body, id } of bodies) {
      const headers = await library.sign?.(body, { id, now: NOW, secret: SECRET, url: URL_ });
      const incoming = { ...request(headers ?? {}, Buffer.from(body)), url: URL_ };
      expect({ body, verdict: verify(of, incoming, [SECRET], NOW) }).toMatchObject({ verdict: { ok: true } });
    }
  });

  it("accepts what is signed here", async () => {
    for (const { body, id } of bodies) {
      const incoming = sent(of, Buffer.from(body), { id });
      expect({ body, accepted: await library.accepts(incoming, SECRET, NOW) }).toEqual({
        body,
        accepted: true,
      });
    }
  });
});

/** A change to a good request, and why our verdict differs from the library's on purpose, where it does. */
interface Mutation {
  readonly change: (good: WebhookRequest) => WebhookRequest;
  readonly onlyOursRejects?: string;
  readonly onlyTheirsRejects?: string;
}

function resigned(of: HmacScheme, message: Parameters<typeof signed>[1]): WebhookRequest {
  return signed(of, message, Buffer.from('{"id":"evt_1"}'));
}

function mutations(of: HmacScheme, signature: string): Readonly<Record<string, Mutation>> {
  const rewrite =
    (edit: (value: string) => string) =>
    (good: WebhookRequest): WebhookRequest =>
      withHeader(good, signature, edit(headerOf(good, signature)));
  const lists = of.verify.signature.value.form === "list";
  const base64 = of.verify.signature.encoding === "base64";
  return {
    "nothing changed": { change: (good) => good },
    "signed with another secret": { change: () => resigned(of, { secret: OTHER_SECRET }) },
    "signature cut off by one": { change: rewrite((value) => value.slice(0, -1)) },
    "signature with one character more": { change: rewrite((value) => `${value}0`) },
    "signature in upper case": {
      change: rewrite((value) => value.replace(/[^=,]+$/, (text) => text.toUpperCase())),
    },
    "no signature value": { change: rewrite((value) => value.replace(/[=,][^=,]+=?$/, "=")) },
    "another version label": { change: rewrite((value) => value.replace(/v1|sha256/, "v9")) },
    "label in upper case": {
      change: rewrite((value) => value.replace(/v1|sha256/, (text) => text.toUpperCase())),
    },
    "body with one byte more": {
      change: (good) => ({ ...good, body: Buffer.concat([good.body, Buffer.from(" ")]) }),
    },
    "body with one byte changed": {
      change: (good) => ({ ...good, body: Buffer.from(good.body.toString().replace("evt", "evu")) }),
    },
    ...(base64 && {
      "base64 without its padding": { change: rewrite((value) => value.replace(/=+$/, "")) },
      "base64 with bits beyond the last byte": {
        change: rewrite((value) =>
          value.replace(/(.)=$/, (_all, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`),
        ),
      },
    }),
    ...(lists && {
      "a wrong signature before the right one": {
        change: () => resigned(of, { secret: [OTHER_SECRET, SECRET] }),
      },
      "a wrong signature after the right one": {
        change: () => resigned(of, { secret: [SECRET, OTHER_SECRET] }),
      },
      "two wrong signatures": { change: () => resigned(of, { secret: [OTHER_SECRET, OTHER_SECRET] }) },
    }),
    ...(of.verify.timestamp && {
      "signed 300 s ago": { change: () => resigned(of, { now: NOW - 300_000 }) },
      "signed 301 s ago": { change: () => resigned(of, { now: NOW - 301_000 }) },
      "signed 300 s ahead": { change: () => resigned(of, { now: NOW + 300_000 }) },
      "signed 301 s ahead": {
        change: () => resigned(of, { now: NOW + 301_000 }),
        ...(of.id === "stripe" && { onlyOursRejects: "stripe-node has no bound for the future" }),
      },
    }),
    ...(of.id === "stripe" && {
      "white space after a comma": {
        change: rewrite((value) => value.replace(",", ", ")),
        onlyTheirsRejects:
          "white space around a list's items means nothing, and some providers write it (WorkOS)",
      },
      "a second time": {
        change: rewrite((value) => `t=1,${value}`),
        onlyOursRejects: "which of two times was signed is a guess; stripe-node takes the last one",
      },
      "a time with text behind it": {
        change: rewrite((value) => value.replace(/t=(\d+)/, "t=$1abc")),
        onlyOursRejects: "stripe-node signs the number it read and not the text that was sent",
      },
    }),
    ...(of.id !== "stripe" &&
      of.verify.timestamp && {
        "a time with text behind it": {
          change: (good: WebhookRequest) => {
            const name = signature.replace("signature", "timestamp");
            return withHeader(good, name, `${headerOf(good, name)}abc`);
          },
          onlyOursRejects: "the library signs the number it read and not the text that was sent",
        },
      }),
  };
}

describe.each(peers)("the verdict equals that of %s for", (_name, peer) => {
  const [signature = ""] = peer.of.verify.signature.headers;

  it.each(Object.entries(mutations(peer.of, signature)))("%s", async (_change, mutation) => {
    const incoming = mutation.change(resigned(peer.of, { id: "msg_1" }));
    const ours = verify(peer.of, incoming, [SECRET], NOW).ok;
    const theirs = await peer.accepts(incoming);
    expect({ ours, theirs }).toEqual({
      ours: mutation.onlyOursRejects ? false : mutation.onlyTheirsRejects ? true : theirs,
      theirs: mutation.onlyOursRejects ? true : mutation.onlyTheirsRejects ? false : ours,
    });
  });
});

it("Svix's neutral header names are accepted as Svix's library accepts them", async () => {
  const body = Buffer.from('{"type":"a"}');
  const incoming = request(sign(scheme("standard-webhooks"), { body, secret: SECRET, now: NOW }), body);
  expect(verify(scheme("svix"), incoming, [SECRET], NOW).ok).toBe(true);
  expect(await peer("svix")[1].accepts(incoming)).toBe(true);
});
