import { readFileSync } from "node:fs";
import { Option, type Command } from "commander";
import { whyNoOriginal } from "../../functions/domain/original";
import type { Inbox } from "../../inbox/connect";
import { UsageError } from "../../inbox/errors";
import { ListenState } from "../../inbox/listen-state";
import { checkAddress, Forwarder, type Form } from "../../inbox/operations/forward";
import { providerNamed } from "../../inbox/outputs";
import { schemeOf } from "../../providers";

/** Options for forwarding webhooks to a server. */
export interface ForwardOptions {
  readonly as: Form;
  readonly secret?: string;
  readonly secretFile?: string;
  readonly allowProduction?: true;
}

/** Adds the options that say in which form webhooks are forwarded, and with which secret they are signed. */
export function withForwardOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--as <form>", "the provider's own request, signed with your own secret, or CloudEvents")
        .choices(["original", "cloudevent"] satisfies Form[])
        .default("original"),
    )
    .option("--secret <text>", "signs with this secret (or private key) instead of the one that is shown")
    .option("--secret-file <path>", "the same from a file")
    .option("--allow-production", "forwards payloads of a stack that is not the local one");
}

/** A secret that a handler is configured with. */
export interface HandlerSecret {
  /** Name of the provider; for CloudEvents, all providers have the same secret. */
  readonly provider: string;
  readonly secret: string;
}

/** A forwarder of an inbox's webhooks, and the secrets that the handlers need. */
export interface Forwarding {
  readonly forwarder: Forwarder;
  /** Generated secrets; empty if the user gave one. */
  readonly secrets: readonly HandlerSecret[];
  /** Providers whose webhooks cannot be forwarded in this form, with the reason. */
  readonly impossible: readonly { readonly provider: string; readonly reason: string }[];
}

/**
 * Prepares forwarding to an address.
 * @param provider name of the only provider whose webhooks are forwarded @default all providers
 * @throws UsageError
 */
export function forwardingTo(
  to: string,
  inbox: Inbox,
  options: ForwardOptions,
  provider: string | undefined,
): Forwarding {
  const address = checkAddress(to);
  if (!inbox.emulated && !options.allowProduction) {
    throw new UsageError(
      "This stack is not the local one: its payloads are real data, and would go to your server. Give --allow-production if that is meant.",
    );
  }
  const { as } = options;
  const given = givenSecret(options);
  const state = new ListenState(inbox.outputs);
  const keys = (name: string | undefined) =>
    state.secret(
      name === undefined ? "standard-webhooks" : (providerNamed(name, inbox.outputs)?.scheme ?? ""),
    );
  const forwarder = new Forwarder(inbox, { to: address, as, secret: (name) => given ?? keys(name).signWith });
  const names = inbox.outputs.providers
    .map(({ name }) => name)
    .filter((name) => !provider || name === provider);
  const impossible = as === "cloudevent" ? [] : names.flatMap((name) => reasonOf(name, inbox));
  if (impossible[0] && impossible.length === names.length) {
    throw new UsageError(
      `${impossible[0].provider} has no original form. ${impossible[0].reason} Give --as cloudevent.`,
    );
  }
  const signed = names.filter((name) => schemeNamed(name, inbox)?.verify.kind !== "none");
  const shown = signed.filter((name) => !impossible.some((one) => one.provider === name));
  const secrets =
    as === "cloudevent"
      ? [{ provider: "CloudEvents", secret: keys(undefined).secret }]
      : shown.map((name) => ({ provider: name, secret: keys(name).secret }));
  return { forwarder, secrets: given === undefined ? secrets : [], impossible };
}

function schemeNamed(name: string, { outputs }: Inbox) {
  return schemeOf(providerNamed(name, outputs)?.scheme);
}

function reasonOf(provider: string, inbox: Inbox): Forwarding["impossible"] {
  const scheme = schemeNamed(provider, inbox);
  const reason = scheme && whyNoOriginal(scheme);
  return reason === undefined ? [] : [{ provider, reason }];
}

function givenSecret({ secret, secretFile }: ForwardOptions): string | undefined {
  if (secretFile === undefined) return secret;
  if (secret !== undefined) throw new UsageError("Give --secret-file or --secret, not both.");
  try {
    return readFileSync(secretFile, "utf8").trim();
  } catch (error) {
    throw new UsageError(`${secretFile} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
