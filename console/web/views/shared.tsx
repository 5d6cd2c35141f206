import type { WebhookRecord } from "../../../inbox/records/record";
import { Page, Status, Time, webhookPath, type PageContext } from "./page";

interface SharedProps {
  readonly context: PageContext;
  /** The event id. */
  readonly id: string;
  readonly rows: readonly WebhookRecord[];
}

/** The webhooks of one provider that share an event id, to choose from. */
export function Shared({ context, id, rows }: SharedProps) {
  return (
    <Page title={id} context={context}>
      <h1>{rows.length} webhooks have this event id</h1>
      <p>Their provider sent {id} with other bodies or types, and each is an event of its own.</p>
      <table>
        <Headings of={["received", "type", "status", "key"]} />
        <tbody>
          {rows.map((row) => (
            <tr>
              <td>
                <Time at={row.receivedAt} />
              </td>
              <td>{row.type}</td>
              <td>
                <Status value={row.status} />
              </td>
              <td>
                <a href={webhookPath(row)} data-row>
                  {row.key}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Page>
  );
}

function Headings({ of }: { readonly of: readonly string[] }) {
  return (
    <thead>
      <tr>
        {of.map((name) => (
          <th>{name}</th>
        ))}
      </tr>
    </thead>
  );
}
