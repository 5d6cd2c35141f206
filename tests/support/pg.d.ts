/** The part of the package `pg` that the tests use. Its types would be another package. */
declare module "pg" {
  export class Client {
    constructor(options: { host: string; port: number; user: string; database: string });
    connect(): Promise<unknown>;
    query(
      text: string,
      values?: unknown[],
    ): Promise<{ readonly rowCount: number | null; readonly rows: Record<string, unknown>[] }>;
    end(): Promise<void>;
  }
}
