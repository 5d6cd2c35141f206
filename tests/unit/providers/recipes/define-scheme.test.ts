import { defineScheme, type Entry } from "../../../../providers/recipes/define-scheme";
import { header, path } from "../../../../providers/engine/references";

const define = (entry: Partial<Entry>) =>
  defineScheme({ id: "acme", name: "Acme", verify: { kind: "none" }, ...entry });

test("texts are paths, or the names of headers where only a header can stand", () => {
  const { event } = define({ event: { id: "id", deliveryId: "X-Id", entity: ["a.b", header("X-Shop")] } });
  expect(event).toMatchObject({
    id: [path("id")],
    deliveryId: header("X-Id"),
    entity: [path("a.b"), header("X-Shop")],
  });
});

test("a time alone is RFC 3339, and a unit is the name of its place", () => {
  const { event } = define({ event: { id: "id", time: ["at", { ms: "updated" }, { s: header("X-At") }] } });
  expect(event.time).toEqual([
    { at: path("at"), unit: "iso" },
    { at: path("updated"), unit: "ms" },
    { at: header("X-At"), unit: "s" },
  ]);
});

test("a list among the types is put together with full stops, pieces are not, and a text stands for itself", () => {
  const type = [["object", "action"], { pieces: ["call.", path("state")] }, "kind", { text: "batch" }];
  expect(define({ event: { id: "id", type } }).event.type).toEqual([
    [path("object"), ".", path("action")],
    ["call.", path("state")],
    [path("kind")],
    ["batch"],
  ]);
});

test("what identifies an event without an id can be left out only if all have an id or the header", () => {
  expect(define({ event: { id: "id" } }).event.otherwise.because).toContain("has an id");
  expect(define({ event: { deliveryId: "X-Id" } }).event.otherwise.because).toContain("The header");
  expect(() => define({ event: { type: "type" } })).toThrow(
    "scheme acme does not say what identifies an event",
  );
});
