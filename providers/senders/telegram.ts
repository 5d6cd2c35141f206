import { header, key } from "../engine/references";
import { NOON, NOON_S, type Sample, type Setup } from "../engine/sender";
import { sharedToken } from "../recipes/shared-token";

export const setup: Setup = {
  docs: "https://core.telegram.org/bots/api#setwebhook",
  where: "setWebhook of the Bot API",
  secret: "secret_token of the same request",
};

export default sharedToken({
  id: "telegram",
  name: "Telegram Bot API",
  at: header("X-Telegram-Bot-Api-Secret-Token"),
  event: {
    id: "update_id",
    type: key(
      "message",
      "edited_message",
      "channel_post",
      "edited_channel_post",
      "business_connection",
      "business_message",
      "edited_business_message",
      "deleted_business_messages",
      "message_reaction",
      "message_reaction_count",
      "inline_query",
      "chosen_inline_result",
      "callback_query",
      "shipping_query",
      "pre_checkout_query",
      "purchased_paid_media",
      "poll",
      "poll_answer",
      "my_chat_member",
      "chat_member",
      "chat_join_request",
      "chat_boost",
      "removed_chat_boost",
    ),
    time: { s: "message.date" },
    entity: ["message.chat.id", "callback_query.message.chat.id", "channel_post.chat.id"],
  },
});

export const sample: Sample = {
  body: { update_id: 10000, message: { date: NOON_S, chat: { id: 1111111 } } },
  event: { id: "10000", type: "message", entity: "1111111", time: NOON },
};
