import { Command } from "commander";
import { prettyJson } from "../../inbox/pretty-json";
import { pc } from "../../terminal/colours";
import type { RejectedRequest } from "../../functions/domain/rejected";
import { RejectedRequests } from "../../inbox/rejected";
import { withStackOptions, type StackOptions } from "../options/stack";
import { sanitize, print } from "../../terminal/output";
import { age } from "../../inbox/text";
import { redacted } from "../../inbox/redacted";
import { connect } from "../../inbox/connect";

async function show(id: string, options: StackOptions): Promise<void> {
  const inbox = await connect(options);
  const found = await new RejectedRequests(inbox).read(id);
  if (!found)
    throw new Error(`No rejected request has the id ${id}. It was released, or is older than seven days.`);
  print(options, { rejected: redacted(found) }, () => asText(found, Date.now()));
}

function asText(rejected: RejectedRequest, now: number): string {
  const { request, diagnosis, ...facts } = redacted(rejected);
  const lines: [string, string | undefined][] = [
    ["Id", facts.id],
    ["Provider", `${facts.provider}, verified as ${facts.scheme}`],
    ["Received", `${facts.receivedAt} (${age(now - Date.parse(facts.receivedAt))} ago)`],
    ["From", facts.sourceIp],
    ["Request id", facts.requestId],
    ["Reason", `${pc.red(facts.reason)}: ${facts.detail}`],
    ["Cause", `${pc.red(diagnosis.cause)}: ${diagnosis.detail}`],
    ["Request", `${request.method} ${request.url ?? ""}`],
    ...Object.entries(request.query).map(([name, value]): [string, string] => [
      "Query",
      `${sanitize(name)}: ${value}`,
    ]),
    ...Object.entries(request.headers).map(([name, value]): [string, string] => [
      "Header",
      sanitize(`${name}: ${value}`),
    ]),
  ];
  const head = lines.flatMap(([name, value]) =>
    value === undefined ? [] : [`${pc.bold(name.padEnd(12))} ${value}`],
  );
  return [...head, "", sanitize(prettyJson(request.body), "\n\t")].join("\n");
}

/** `webhooks rejected show <id>` */
export function rejectedShow(): Command {
  const command = new Command("show")
    .description(
      "Shows one rejected request: the failed check, the diagnosis, its body. Never its credentials.",
    )
    .argument("<id>", "as `rejected list` shows it")
    .addHelpText(
      "after",
      `
Its provider is unverified: do not trust the body.

Examples:
  webhooks rejected show stripe/20260102T030405123Z-1a2b3c4d
  webhooks rejected show stripe/20260102T030405123Z-1a2b3c4d --json | jq .rejected.diagnosis`,
    );
  return withStackOptions(command).action(show);
}
