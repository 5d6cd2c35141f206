import { z } from "zod";
import { BY_ENTITY } from "../functions/domain/ordering-key";
import { coverage, needsVerifyToken, providesSecret, schemeOf } from "../providers";
import { MAX_BURST, MAX_RATE } from "../aws-limits";
import { expectEvery } from "./expect-every";
import { scheme } from "./own-scheme";
import { apiSettings, reconcile } from "./reconcile";
import { secretRef } from "./secret-ref";
import { cidr, expression, text, trueOrFalse, wholeNumber } from "./values";

const PATH = /^[^.\s]+(\.[^.\s]+)*$/;

/** Shape of a provider, with the requirements of its scheme. */
export const provider = z
  .strictObject({
    name: text(/^[a-z][a-z0-9-]{0,31}$/, "allowed are 1 to 32 characters a-z, 0-9 and -, the first a letter"),
    scheme,
    secret: secretRef.optional(),
    verifyToken: secretRef.optional(),
    url: z
      .url({
        protocol: /^https?$/,
        error:
          "allowed is the address that is entered at the provider, such as https://hooks.example.com/twilio",
      })
      .optional(),
    allowUnsigned: trueOrFalse.optional(),
    allowedSourceRanges: z
      .array(cidr, "allowed is a list of CIDR ranges")
      .min(1, "allowed is a list of at least one CIDR range; without it any address may send")
      .optional(),
    orderingKey: text(
      PATH,
      "allowed is a dotted path into the payload, such as data.object.customer, or entity",
    ).optional(),
    duplicates: z.literal("body", "allowed is body; without it the scheme's own rules hold").optional(),
    split: trueOrFalse.optional(),
    redact: z
      .array(
        text(PATH, "allowed is a dotted path into the payload, such as data.items.*.card"),
        "allowed is a list of paths",
      )
      .optional(),
    markOutOfOrder: trueOrFalse.optional(),
    expectEvery: expectEvery.optional(),
    filter: expression.optional(),
    transform: expression.optional(),
    reconcile: reconcile.optional(),
    throttle: z
      .strictObject(
        { burst: wholeNumber(1, MAX_BURST), rate: wholeNumber(1, MAX_RATE) },
        "allowed is { burst: <requests at once>, rate: <requests per second> }",
      )
      .optional(),
  })
  .superRefine((configured, context) => {
    const scheme = schemeOf(configured.scheme);
    if (!scheme) return;
    const issue = (
      key: "secret" | "verifyToken" | "allowUnsigned" | "orderingKey" | "split" | "redact" | "reconcile",
      message: string,
    ): void => context.addIssue({ code: "custom", path: [key], input: configured[key], message });
    if (coverage(scheme) === "unsigned") {
      if (configured.secret) issue("secret", `${scheme.name} signs nothing: leave the secret out`);
      if (!configured.allowUnsigned) {
        issue(
          "allowUnsigned",
          `${scheme.name} signs nothing, so everybody who knows the address can send: write allowUnsigned: true to take that on`,
        );
      }
    } else {
      if (!configured.secret) {
        issue("secret", "allowed is exactly one of { ssm: <name> } and { secretsManager: <name> }");
      }
      if (configured.allowUnsigned) {
        issue("allowUnsigned", `${scheme.name} proves who sends: leave it out, it would allow nothing`);
      }
    }
    if (configured.verifyToken && !needsVerifyToken(scheme)) {
      issue("verifyToken", `${scheme.name} asks for no token: leave it out`);
    }
    const learns = configured.secret && "ssm" in configured.secret && configured.secret.learn;
    if (learns && !providesSecret(scheme))
      issue("secret", `${scheme.name} sends no secret in its handshake: leave learn out`);
    if (configured.split && !scheme.elements) {
      issue(
        "split",
        `${scheme.name} sends one event in a request, or none that it says where to find: leave it out`,
      );
    }
    if (configured.reconcile) {
      const settings = apiSettings(configured.scheme, configured.reconcile);
      if (typeof settings === "string") issue("reconcile", settings);
      // Reject bodies as ids: records are found by the ids that the provider lists.
      if (configured.duplicates)
        issue("reconcile", "events that are known by their bodies cannot be compared: leave duplicates out");
    }
    const { orderingKey } = configured;
    const hidden = (path: string) => orderingKey === path || orderingKey?.startsWith(`${path}.`);
    if (configured.redact?.some(hidden)) {
      issue(
        "redact",
        `webhooks are ordered by ${orderingKey}, whose value names their message group in records and logs: leave out one of the two`,
      );
    }
    if (configured.orderingKey === BY_ENTITY && !scheme.event.entity) {
      issue("orderingKey", `${scheme.name} names no entity; allowed is a dotted path into the payload`);
    }
  });
