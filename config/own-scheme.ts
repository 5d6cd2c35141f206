import { z } from "zod";
import { didYouMean, listed } from "../did-you-mean";
import { schemes, type OwnScheme } from "../providers";
import { contentPart, place, typePiece, WORDS } from "../providers/own/parts";
import { keysAt, unknownKeys } from "./messages";
import { OR_OWN, soundness, type Problem } from "./own-scheme-soundness";
import { text, wholeNumber } from "./values";

const SCHEMES = Object.keys(schemes);
const ALL_SCHEMES = `allowed are ${listed(SCHEMES, "docs/providers.md")}`;

/** Name of a header that requests must have. API Gateway accepts no other characters in it. */
const headerName = text(
  /^[A-Za-z0-9_.$-]{1,100}$/,
  "allowed is the name of a header, such as X-Acme-Signature",
);
const dotted = text(
  /^[^.\s]+(\.[^.\s]+)*$/,
  "allowed is a dotted path into the payload without body. in front, such as data.id",
);
const oneOf = <T extends string>(...values: readonly [T, ...T[]]) =>
  z.enum(values, {
    error: ({ input }) => `allowed are ${values.join(", ")}.${didYouMean(String(input), values)}`,
  });

/** Maximum age of a signature, in seconds; no provider that keeps its time of signing retries for longer than a day. */
const MAX_WINDOW = 86_400;

const PLACES = ["header.<Name>", "body.<path>"];
/** Returns the word before the full stop, for a suggestion. */
const firstWord = (given: string): string => /^[A-Za-z]*/.exec(given)?.[0] ?? "";
const eventPlace = z.string("allowed are header.<Name> and body.<path>").refine((given) => place(given), {
  error: ({ input }) =>
    `allowed are ${PLACES.join(" and ")}.${didYouMean(firstWord(String(input)), ["header", "body"])}`,
});
const eventPlaces = z.union([eventPlace, z.array(eventPlace).min(1)], {
  error: ({ input }) =>
    typeof input === "string"
      ? `allowed are ${PLACES.join(" and ")}.${didYouMean(firstWord(input), ["header", "body"])}`
      : `allowed is one of ${PLACES.join(" and ")}, or a list of them`,
});
const typePieceText = z.string().refine((given) => typePiece(given));
const eventType = z.union(
  [eventPlace, z.array(z.union([eventPlace, z.array(typePieceText).min(1)])).min(1)],
  `allowed are ${PLACES.join(" and ")}, or a list of them in which an inner list is put together, such as [[body.resource, ".", body.action]]`,
);

const CONTENT = `allowed are ${WORDS.join(", ")}, and texts: { text: v0 } if they begin with a letter`;
const part = z
  .union([z.string(), z.strictObject({ text: z.string() })], CONTENT)
  .refine((given) => given === "timestamp" || contentPart(given, undefined) !== undefined, {
    error: ({ input }) =>
      `${CONTENT}.${didYouMean(firstWord(String(input)), ["body", "timestamp", "url", "method", "header", "field"])}`,
  });

const hmac = z.strictObject(
  {
    header: z.union(
      [headerName, z.array(headerName).min(1)],
      "allowed is the name of a header, or a list of names",
    ),
    prefix: z.string("allowed is a text, such as sha256=").optional(),
    list: z
      .strictObject(
        {
          signature: z.string("allowed is the name of an item, such as v1").min(1).optional(),
          fields: z.array(z.string()).optional(),
          separator: z.enum([",", ";", " "], 'allowed are ",", ";" and " "').optional(),
          pair: z.enum(["=", ","], 'allowed are "=" and ","').optional(),
        },
        "allowed is { signature: v1 } for t=..,v1=.., or { fields: [t] } for values by their position",
      )
      .optional(),
    hash: oneOf("sha256", "sha512", "sha1", "md5").optional(),
    encoding: oneOf("hex", "hex-any-case", "base64", "base64url").optional(),
    key: z
      .strictObject(
        {
          encoding: oneOf("utf8", "base64", "hex").optional(),
          prefix: z.string("allowed is a text, such as whsec_").optional(),
        },
        "allowed is { encoding: utf8, base64 or hex, prefix: <taken off> }",
      )
      .optional(),
    content: z.array(part, CONTENT).min(1, CONTENT).optional(),
    timestamp: z
      .strictObject(
        {
          header: headerName.optional(),
          field: z.string("allowed is the name of an item of the list, such as t").min(1).optional(),
          body: dotted.optional(),
          unit: oneOf("s", "ms", "s-or-ms", "iso", "iso-utc", "http-date").optional(),
          window: wholeNumber(1, MAX_WINDOW).optional(),
        },
        "allowed is { header: <Name> }, { field: <name> } or { body: <path> }, with unit and window",
      )
      .optional(),
    covers: z.literal("part", "allowed is part; without it the content has to hold the body").optional(),
  },
  "allowed is { header: <Name>, ... }, see docs/own-schemes.md",
);

/** Shape of a user's own scheme; {@link soundness} checks how its parts fit together. */
const shape = z.strictObject(
  {
    hmac: hmac.optional(),
    token: z
      .strictObject(
        {
          header: headerName.optional(),
          query: text(/^[A-Za-z0-9_.-]{1,100}$/, "allowed is the name of a parameter").optional(),
          basic: z.literal(true, "allowed is true").optional(),
          prefix: z.string('allowed is a text, such as "Bearer "').optional(),
        },
        "allowed is { header: <Name> }, { query: <name> } or { basic: true }",
      )
      .optional(),
    standardWebhooks: z
      .strictObject(
        { prefix: headerName },
        "allowed is { prefix: <what stands before -id, -timestamp and -signature> }",
      )
      .optional(),
    event: z
      .strictObject(
        {
          id: eventPlaces.optional(),
          type: eventType.optional(),
          time: eventPlaces.optional(),
          entity: eventPlaces.optional(),
          otherwise: oneOf("body", "body-and-time", "request").optional(),
        },
        "allowed is { id, type, time, entity, otherwise }",
      )
      .optional(),
    batch: z
      .strictObject(
        {
          at: dotted,
          id: dotted.optional(),
          type: dotted.optional(),
          time: dotted.optional(),
          entity: dotted.optional(),
        },
        "allowed is { at: <path of the list>, id, type, time, entity }",
      )
      .optional(),
    handshake: z
      .strictObject(
        { when: z.strictObject({ body: dotted, equals: z.string() }), echo: dotted },
        "allowed is { when: { body: <path>, equals: <text> }, echo: <path> }",
      )
      .optional(),
    contentTypes: z
      .array(text(/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/, "allowed is a media type, such as application/json"))
      .min(1)
      .optional(),
    success: z
      .strictObject(
        { status: wholeNumber(200, 299), body: z.string().optional() },
        "allowed is { status: 200 to 299, body: <text> }",
      )
      .optional(),
  },
  OR_OWN,
);

/** Name of a scheme, or a user's own scheme. */
export const scheme = z.unknown().transform((value, context): string | OwnScheme => {
  if (typeof value === "string") {
    if (Object.hasOwn(schemes, value)) return value;
    const message = `there is no such scheme.${didYouMean(value, SCHEMES)} ${ALL_SCHEMES}`;
    context.addIssue({ code: "custom", message, input: value });
    return z.NEVER;
  }
  const parsed = shape.safeParse(value, { reportInput: true });
  const problems = parsed.success ? soundness(parsed.data) : parsed.error.issues.map(problemOf);
  for (const problem of problems)
    context.addIssue({ code: "custom", input: undefined, ...problem, path: [...problem.path] });
  return parsed.success && problems.length === 0 ? parsed.data : z.NEVER;
});

function problemOf(issue: z.core.$ZodIssue): Problem & { readonly input?: unknown } {
  if (issue.code !== "unrecognized_keys")
    return { path: issue.path, message: issue.message, input: issue.input };
  const misplaced = issue.keys.includes("window") || issue.keys.includes("unit");
  const hint = misplaced ? " It belongs into timestamp: { header: <Name>, unit: s, window: 300 }." : "";
  return {
    path: issue.path,
    message: unknownKeys(issue.keys, keysAt(shape, issue.path)) + hint,
  };
}
