import { body, url } from "../engine/references";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { present } from "../recipes/challenges";
import { urlBound } from "../recipes/url-bound";

export const setup: Setup = {
  docs: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
  where: "POST /1/webhooks of the API",
  secret: "the OAuth secret of the app, from trello.com/power-ups/admin",
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

export const sample: Sample = {
  body: { action: { id: "a1", type: "updateCard", date: NOON, data: { card: { id: "c1" } } } },
  event: { id: "a1", type: "updateCard", entity: "c1", time: NOON },
};
