import type { Client } from "pg";
import { once, postgres, postgresTable, type WebhookEvent } from "../../consumer";
import { startPostgres } from "../support/postgres";
import { until } from "../support/until";
import { webhookEvent } from "../support/webhook-event";

jest.setTimeout(120_000);

let server: Awaited<ReturnType<typeof startPostgres>>;
let clients: readonly [Client, Client, Client];
beforeAll(async () => {
  server = await startPostgres();
  clients = [await server.connect(), await server.connect(), await server.connect()];
  await clients[0].query(postgresTable());
  await clients[0].query("CREATE TABLE effects (event text NOT NULL)");
}, 300_000);
afterAll(async () => {
  await Promise.all((clients ?? []).map((client) => client.end()));
  await server?.stop();
});
beforeEach(() => clients[0].query("TRUNCATE webhook_inbox_events, effects"));

const event = webhookEvent();

/** Does the event's effect in the transaction that the client has begun. */
const pay = (client: Client, one: WebhookEvent = event) =>
  once(postgres(client), one, () => client.query("INSERT INTO effects VALUES ($1)", [one.id]));

async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

const payNow = (client: Client, one?: WebhookEvent) => inTransaction(client, () => pay(client, one));

async function effects(): Promise<number> {
  return (await clients[2].query("SELECT * FROM effects")).rows.length;
}

/** Waits until a session waits for a lock. */
const untilOneWaits = () =>
  until("a session to wait for the other", async () => {
    const { rows } = await clients[2].query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    return rows.length > 0;
  });

test("an event is done once", async () => {
  expect(await payNow(clients[0])).toBe("done");
  expect(await payNow(clients[1])).toBe("duplicate");
  expect(await effects()).toBe(1);
});

test("a replay of it is done again, and once", async () => {
  await payNow(clients[0]);
  const replay = webhookEvent({ replay: 1 });
  expect(await payNow(clients[0], replay)).toBe("done");
  expect(await payNow(clients[0], replay)).toBe("duplicate");
});

test("where replays are to be left out, the replay counts as the event", async () => {
  await payNow(clients[0]);
  expect(await payNow(clients[0], { ...webhookEvent({ replay: 1 }), replay: 0 })).toBe("duplicate");
});

test("an effect that fails takes the mark with it", async () => {
  const failing = inTransaction(clients[0], () =>
    once(postgres(clients[0]), event, () => Promise.reject(new Error("no"))),
  );
  await expect(failing).rejects.toThrow("no");
  expect(await payNow(clients[0])).toBe("done");
});

describe("two connections with one event", () => {
  test("have one effect: the second waits for the first", async () => {
    const [first, second] = clients;
    await first.query("BEGIN");
    expect(await pay(first)).toBe("done");
    const waiting = payNow(second);
    await untilOneWaits();
    await first.query("COMMIT");
    expect(await waiting).toBe("duplicate");
    expect(await effects()).toBe(1);
  });

  test("have one effect where the first is rolled back: that of the second", async () => {
    const [first, second] = clients;
    await first.query("BEGIN");
    await pay(first);
    const waiting = payNow(second);
    await untilOneWaits();
    await first.query("ROLLBACK");
    expect(await waiting).toBe("done");
    expect(await effects()).toBe(1);
  });

  test("at REPEATABLE READ: the second fails with 40001, and is a duplicate when it is tried again", async () => {
    const [first, second] = clients;
    await first.query("BEGIN");
    await pay(first);
    const waiting = inTransaction(second, async () => {
      await second.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      return pay(second);
    }).catch((error: unknown) => error);
    await untilOneWaits();
    await first.query("COMMIT");
    expect(await waiting).toMatchObject({ code: "40001" });
    expect(await payNow(second)).toBe("duplicate");
    expect(await effects()).toBe(1);
  });

  test("with a lock_timeout: the second gives up after it", async () => {
    const [first, second] = clients;
    await first.query("BEGIN");
    await pay(first);
    const impatient = inTransaction(second, async () => {
      await second.query("SET LOCAL lock_timeout = '50ms'");
      return pay(second);
    });
    await expect(impatient).rejects.toMatchObject({ code: "55P03" });
    await first.query("COMMIT");
  });
});

test("outside of a transaction nothing is marked and nothing done", async () => {
  await expect(pay(clients[0])).rejects.toMatchObject({ code: "25P01" });
  expect(await payNow(clients[0])).toBe("done");
});

test("a role that may insert only is enough", async () => {
  await clients[0].query("CREATE ROLE shop");
  await clients[0].query("GRANT INSERT ON webhook_inbox_events TO shop");
  await clients[0].query("GRANT INSERT ON effects TO shop");
  const asShop = () =>
    inTransaction(clients[1], async () => {
      await clients[1].query("SET LOCAL ROLE shop");
      return pay(clients[1]);
    });
  expect(await asShop()).toBe("done");
  expect(await asShop()).toBe("duplicate");
});

test("the table can have another name and schema, which is no way into the SQL", async () => {
  await clients[0].query("CREATE SCHEMA shop");
  const options = { table: "shop.seen" };
  await clients[0].query(postgresTable(options));
  const seen = () =>
    inTransaction(clients[0], () => once(postgres(clients[0], options), event, () => Promise.resolve()));
  expect(await seen()).toBe("done");
  expect(await seen()).toBe("duplicate");
  expect(() => postgresTable({ table: "a; DROP TABLE effects" })).toThrow("no name of a table");
});
