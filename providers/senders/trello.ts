import { body, url } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { present } from "../recipes/challenges";
import { urlBound } from "../recipes/url-bound";

export const setup: Setup = {
  docs: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
  where: "POST /1/webhooks of the API",
  secret: "the OAuth secret of the app, from trello.com/power-ups/admin",
};

export const sample: Sample = {
  body: {
    action: { id: "a1", type: "updateCard", date: "2026-03-01T12:00:00.000Z", data: { card: { id: "c1" } } },
  },
  event: { id: "a1", type: "updateCard", entity: "c1", time: "2026-03-01T12:00:00.000Z" },
};

export default urlBound({
  id: "trello",
  name: "Trello",
  header: "X-Trello-Webhook",
  hash: "sha1",
  content: [body, url],
  handshakes: [present("HEAD")],
  event: {
    id: "action.id",
    type: "action.type",
    time: "action.date",
    entity: ["action.data.card.id", "action.data.board.id", "model.id"],
  },
});
