import { newerThan } from "../../../consumer";

test.each([
  ["18897431129583355905", "18897431129583355904", true],
  ["18897431129583355904", "18897431129583355904", false],
  ["18897431129583355903", "18897431129583355904", false],
  // As texts it would be the other way round.
  ["100000000000000000000", "99999999999999999999", true],
  ["5", 4n, true],
])("%s is newer than %s: %s", (sequence, last, newer) => {
  expect(newerThan({ sequence }, last)).toBe(newer);
});

test.each([undefined, null])("the first of its group is newer than %s", (last) => {
  expect(newerThan({ sequence: "1" }, last)).toBe(true);
});
