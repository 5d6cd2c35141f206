import { shortIds } from "../../../inbox/short-ids";

const hash = (beginning: string) => beginning.padEnd(64, "0");

test("a hash is shown by its first sixteen characters, every other id whole", () => {
  const ids = ["evt_1SampleInvoicePaidWithALongId", `sha256:${hash("abcdef0123456789")}`, hash("1")];
  expect([...shortIds(ids).values()]).toEqual([ids[0], "sha256:abcdef012", "1000000000000000"]);
});

test("short forms grow until no other id of the table begins with them", () => {
  const ids = [hash("abcdef0123456789a"), hash("abcdef0123456789ab"), hash("abcdef0123456789ab")];
  const short = [...shortIds(ids).values()];
  expect(short).toEqual(["abcdef0123456789a0", "abcdef0123456789ab"]);
  for (const one of short)
    expect(ids.filter((id, at) => ids.indexOf(id) === at && id.startsWith(one))).toHaveLength(1);
});
