import { Command } from "commander";
import { didYouMean } from "../../did-you-mean";
import { coverage, isSigned, needsVerifyToken, providesSecret, type Scheme } from "../../providers";
import { proof } from "../../providers/description";
import type { Sender } from "../../providers/engine/sender";
import { senders } from "../../providers/senders";
import { UsageError } from "../../inbox/errors";
import { count } from "../../inbox/text";
import { print } from "../../terminal/output";
import { table } from "../../terminal/table";
import { block } from "../text/block";

interface Options {
  readonly json?: true;
}

/** Number of schemes up to which each is shown in full. */
const IN_FULL = 3;

function schemes(text: string | undefined, options: Options): void {
  const all = Object.values(senders).sort((a, b) => a.default.name.localeCompare(b.default.name, "en"));
  const found = text === undefined ? all : matching(text, all);
  if (found.length === 0) {
    const near = didYouMean(text ?? "", Object.keys(senders));
    throw new UsageError(
      `No built-in scheme has "${text}" in its name or its proof.${near} A provider can be described in the configuration, see docs/own-schemes.md.`,
    );
  }
  print(options, { schemes: found.map(described) }, () => {
    if (found.length <= IN_FULL) return found.map(inFull).join("\n\n");
    const rows = found.map(({ default: { id, name, verify } }) => [id, name, plain(proof({ verify }))]);
    const hint = `${count(found.length, "scheme")}; one in full: webhooks schemes <scheme>. Others: docs/own-schemes.md`;
    return `${table(["SCHEME", "NAME", "WHAT PROVES IT"], rows)}\n\n${hint}`;
  });
}

/** Returns the scheme with this id, or else those with the text in their id, name or proof. */
function matching(text: string, all: readonly Sender[]): readonly Sender[] {
  const exact = all.filter(({ default: { id } }) => id === text);
  if (exact.length > 0) return exact;
  const wanted = text.toLowerCase();
  return all.filter(({ default: scheme }) =>
    [scheme.id, scheme.name, plain(proof(scheme))].some((one) => one.toLowerCase().includes(wanted)),
  );
}

function described({ default: scheme, setup }: Sender) {
  const { id, name, confidence } = scheme;
  const configure = `- name: ${id}\n  scheme: ${id}${configuration(scheme)
    .map((line) => `\n  ${line}`)
    .join("")}`;
  return { id, name, proof: plain(proof(scheme)), covers: coverage(scheme), confidence, ...setup, configure };
}

function inFull(sender: Sender): string {
  const { id, name, where, secret, notes, docs, configure, ...facts } = described(sender);
  return block(`${name} (${id})`, [
    ["proof", facts.proof],
    ["set up", where],
    ["secret", secret],
    ["note", notes],
    ["page", docs],
    ["configure", configure],
  ]);
}

/** Returns what a provider of the scheme needs in the configuration, beside its name and scheme. */
function configuration(scheme: Scheme): readonly string[] {
  const { id, verify } = scheme;
  const signsUrl =
    isSigned(verify) && verify.content.some((one) => typeof one !== "string" && one.from === "url");
  return [
    coverage(scheme) === "unsigned"
      ? "allowUnsigned: true"
      : `secret: { ssm: /webhook-inbox/dev/${id}${providesSecret(scheme) ? ", learn: true" : ""} }`,
    ...(needsVerifyToken(scheme) ? [`verifyToken: { ssm: /webhook-inbox/dev/${id}-token }`] : []),
    ...(signsUrl ? ["url: https://... # only where it is not the API's own"] : []),
    ...(scheme.elements ? ["split: true # optional: one event for each of a request"] : []),
    ...(scheme.event.entity ? ["orderingKey: entity # optional"] : []),
  ];
}

/** Removes the marks of Markdown. */
function plain(text: string): string {
  return text.replaceAll("`", "");
}

/** `webhooks schemes` */
export function schemesCommand(): Command {
  return new Command("schemes")
    .description(
      "Lists the built-in signature schemes, or those that match a text: what is signed, what to click, what to configure.",
    )
    .argument("[text]", "part of an id, a name, or a header, such as X-Hub-Signature")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Needs no stack. A provider that is not here can be described in the configuration, see docs/own-schemes.md.

Examples:
  webhooks schemes
  webhooks schemes stripe
  webhooks schemes X-Hub-Signature
  webhooks schemes --json | jq -r '.schemes[] | select(.covers == "nothing") | .id'`,
    )
    .action(schemes);
}
