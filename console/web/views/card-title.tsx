import { webhookPath } from "./page";
import { ShortId, type Short } from "./short-id";

interface CardTitleProps {
  readonly webhook: { readonly provider: string; readonly key: string };
  readonly id: string;
  readonly short: Short;
}

/** Title of a card in a list: the webhook, with a link to its page. */
export function CardTitle({ webhook, id, short }: CardTitleProps) {
  return (
    <h2>
      <a href={webhookPath(webhook)} data-row>
        {webhook.provider} · <ShortId id={id} short={short} />
      </a>
    </h2>
  );
}
