import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { everySender } from "../../../components/senders-module";
import { senders } from "../../../providers/senders";

const FOLDER = join(__dirname, "../../../providers/senders");

it("lists every file of the folder (npm run providers writes it)", () => {
  const ids = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ""));
  const own = ids.filter((id) => id !== "index");
  expect(readFileSync(join(FOLDER, "index.ts"), "utf8")).toBe(everySender(own));
});

describe.each(Object.entries(senders))("%s", (id, { default: scheme, setup }) => {
  it("is the id of its file's scheme", () => {
    expect(scheme.id).toBe(id);
    expect(scheme.name).not.toBe("");
  });

  it("says where its facts are from and how it is set up", () => {
    expect(setup.docs).toMatch(/^https:\/\//);
    expect(setup.where).toMatch(/[^.]$/);
    expect(setup.secret).toMatch(/[^.]$/);
  });
});
