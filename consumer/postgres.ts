import type { Store } from "./once";

/** A client of `pg`, or one with the same method. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rowCount: number | null }>;
}

export interface PostgresOptions {
  /** Name of the table, also as `schema.table`, without quotes. @default webhook_inbox_events */
  readonly table?: string;
}

/** Returns the SQL that creates the table of {@link postgres}, for a migration. */
export function postgresTable({ table = "webhook_inbox_events" }: PostgresOptions = {}): string {
  return `CREATE TABLE IF NOT EXISTS ${plain(table)} (
  source text NOT NULL,
  id text NOT NULL,
  replay integer NOT NULL,
  done_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, id, replay)
)`;
}

/**
 * Remembers events in a table of PostgreSQL, in the transaction that the caller began on this client and commits or rolls
 * back. A second transaction with the same event waits for the first one to end; `SET LOCAL lock_timeout` limits that. At
 * REPEATABLE READ and above it then fails with 40001: roll back, and have the message delivered again.
 * @param client the connection of the transaction; no pool, which takes another connection for each query
 * @throws the error 25P01 of PostgreSQL if there is no transaction
 */
export function postgres(
  client: PostgresClient,
  { table = "webhook_inbox_events" }: PostgresOptions = {},
): Store {
  const name = plain(table);
  return {
    async once({ source, id, replay }, effect) {
      // Locks no more than the INSERT does, but is allowed in a transaction only: without a transaction, an event whose
      // effect fails would count as done.
      await client.query(`LOCK TABLE ${name} IN ROW EXCLUSIVE MODE`);
      const { rowCount } = await client.query(
        `INSERT INTO ${name} (source, id, replay) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [source, id, replay],
      );
      if (rowCount === 0) return "duplicate";
      await effect();
      return "done";
    },
  };
}

/** Returns the name if it is plain, since it is inserted into SQL unquoted. */
function plain(table: string): string {
  if (/^[a-z_]\w*(\.[a-z_]\w*)?$/i.test(table)) return table;
  throw new Error(`${JSON.stringify(table)} is no name of a table that needs no quotes`);
}
