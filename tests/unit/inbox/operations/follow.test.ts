import { Follower, followFromNow, LATE_MS } from "../../../../inbox/operations/follow";
import { daysBetween, type Arrival } from "../../../../inbox/records/arrivals";

const NOON = Date.UTC(2026, 0, 2, 12);
const SECOND = 1_000;

/** The table's index, in which a webhook shows some time after it was received, and a clock. */
function world(startedAt: number) {
  let now = startedAt;
  const shown: { readonly arrival: Arrival; readonly at: number }[] = [];
  return {
    ports: {
      now: () => now,
      // As the index is read: the days between the two moments, and of those what is in the range.
      arrivals: async (since: number, until: number) => {
        const days = new Set(daysBetween(since, until + 60_000));
        return shown
          .filter(({ at }) => at <= now)
          .map(({ arrival }) => arrival)
          .filter(({ receivedAt }) => days.has(receivedAt.slice(0, 10)) && Date.parse(receivedAt) >= since)
          .sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
      },
    },
    pass: (ms: number) => void (now += ms),
    receive: (key: string, receivedAt: number, late = 0) =>
      void shown.push({
        arrival: { key, receivedAt: new Date(receivedAt).toISOString() },
        at: receivedAt + late,
      }),
  };
}

/** Looks every two seconds for a while, and returns what was given. */
async function given(
  follower: Follower,
  { pass }: ReturnType<typeof world>,
  seconds: number,
): Promise<string[]> {
  const keys: string[] = [];
  for (let passed = 0; passed <= seconds; passed += 2) {
    keys.push(...(await follower.next()).map(({ key }) => key));
    pass(2 * SECOND);
  }
  return keys;
}

test("a webhook is given once, however often it shows, in the order of arrival", async () => {
  const of = world(NOON);
  const follower = await followFromNow(of.ports);
  of.receive("b", NOON + 2 * SECOND);
  of.receive("a", NOON + SECOND);
  of.receive("c", NOON + 200 * SECOND);
  expect(await given(follower, of, 400)).toEqual(["a", "b", "c"]);
});

test("what was received before is not given, and with a moment in the past it is", async () => {
  const of = world(NOON);
  of.receive("before", NOON - 60 * SECOND);
  expect(await given(await followFromNow(of.ports), of, 10)).toEqual([]);
  expect(await given(new Follower(of.ports, NOON - 3_600 * SECOND), of, 10)).toEqual(["before"]);
});

test("one that shows 30 seconds late, behind newer ones, is given", async () => {
  const of = world(NOON);
  const follower = await followFromNow(of.ports);
  of.receive("late", NOON + SECOND, 30 * SECOND);
  of.receive("newer", NOON + 2 * SECOND);
  expect(await given(follower, of, 120)).toEqual(["newer", "late"]);
});

test("so it is at midnight in UTC, when it belongs to the day before", async () => {
  const midnight = Date.UTC(2026, 0, 3);
  const of = world(midnight - 10 * SECOND);
  const follower = await followFromNow(of.ports);
  of.receive("yesterday", midnight - SECOND, 30 * SECOND);
  of.receive("today", midnight + SECOND);
  expect(await given(follower, of, 200)).toEqual(["today", "yesterday"]);
});

test("one of a clock that is ahead hides none of those that follow", async () => {
  const of = world(NOON);
  const follower = await followFromNow(of.ports);
  of.receive("ahead", NOON + 600 * SECOND, -600 * SECOND);
  of.receive("next", NOON + 10 * SECOND);
  expect(await given(follower, of, 700)).toEqual(["ahead", "next"]);
});

test("after a pause, such as that of a laptop that slept, none is missing", async () => {
  const of = world(NOON);
  const follower = await followFromNow(of.ports);
  await follower.next();
  for (let hour = 0; hour < 30; hour += 1) of.receive(`h${hour}`, NOON + hour * 3_600 * SECOND);
  of.pass(30 * 3_600 * SECOND);
  expect(await given(follower, of, 10)).toEqual(Array.from({ length: 30 }, (_, hour) => `h${hour}`));
});

test("what it remembers and reads again is bounded", async () => {
  const of = world(NOON);
  const follower = await followFromNow(of.ports);
  await given(follower, of, 1_000);
  expect(of.ports.now() - follower.from).toBeLessThanOrEqual(LATE_MS + 4 * SECOND);
});
