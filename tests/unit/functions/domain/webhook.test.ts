import { eventId, payloadKey, recordKey } from "../../../../functions/domain/webhook";

test.each([".", ".."])("an id of %j, which browsers and tools take for a step in a path, is hashed", (id) => {
  expect(eventId(id)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(payloadKey("stripe", eventId(id), Buffer.from("{}")).split("/")).not.toContain(id);
  expect(recordKey("stripe", eventId(id))).not.toBe(`stripe#${id}`);
});

test.each(['a"b', "a\\b"])("so is %j, which an input transformer would not escape", (id) => {
  expect(eventId(id)).toMatch(/^sha256:/);
});

test.each(["...", ".a", "a.", "evt_1", "a/../b", "!#[]~"])("an id of %j is the event's as it is", (id) => {
  expect(eventId(id)).toBe(id);
});
