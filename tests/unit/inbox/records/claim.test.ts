import { claimFor } from "../../../../inbox/records/claim";
import type { ReplayState } from "../../../../inbox/records/record";

const NONE: ReplayState = { replay: 0, lastReplay: 0, replays: [] };

describe("a replay number", () => {
  test("is the next one, above all that were given out", () => {
    expect(claimFor(NONE, "run")).toEqual({ replay: 1, state: "new" });
    expect(claimFor({ replay: 2, lastReplay: 3, replays: ["3:other"] }, "run")).toEqual({
      replay: 4,
      state: "new",
    });
  });

  test("is the run's own where it has one, also behind later runs", () => {
    const state = { replay: 0, lastReplay: 2, replays: ["1:run", "2:later"] };
    expect(claimFor(state, "run")).toEqual({ replay: 1, state: "claimed" });
  });

  test("is done once the workflow has decided it", () => {
    expect(claimFor({ replay: 1, lastReplay: 1, replays: ["1:run"] }, "run")).toEqual({
      replay: 1,
      state: "done",
    });
  });

  test("is not that of a run whose id ends alike", () => {
    expect(claimFor({ replay: 0, lastReplay: 1, replays: ["1:a-run"] }, "run").state).toBe("new");
  });
});
