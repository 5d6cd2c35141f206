import type { Inbox } from "../inbox";
import { findById } from "./list";
import type { WebhookRecord } from "../trace/model";
import type { StackOptions } from "../../cli/options/stack";
import { UsageError } from "../errors";
import { sharedId } from "../operations/replay-selection";

/** Options of a command about one webhook. */
export interface OneWebhookOptions extends StackOptions {
  readonly provider?: string;
}

/**
 * The record of the one webhook with this key or event id.
 * @param provider whose it is; without one every provider of the stack is asked
 * @throws UsageError where more than one has this id
 */
export async function findWebhook(inbox: Inbox, id: string, provider?: string): Promise<WebhookRecord> {
  const asked = provider === undefined ? inbox.outputs.providers.map(({ name }) => name) : [provider];
  const [found, ...others] = await findById(inbox, asked, id);
  if (!found) {
    throw new Error(
      `There is no record of ${id} (asked for ${asked.join(", ")}): it was never accepted, or its record has expired.`,
    );
  }
  if (others.length > 0) {
    const all = [found, ...others];
    const names = [...new Set(all.map((one) => one.provider))].sort();
    if (names.length > 1) {
      throw new UsageError(`${names.join(" and ")} sent this id. Say whose with --provider <name>.`);
    }
    const keys = all.map(({ key }) => key).sort();
    throw new UsageError(sharedId(found.provider, id, keys));
  }
  return found;
}
