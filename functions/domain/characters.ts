/**
 * Characters that SQS rejects in a message body and in a string attribute: everything outside
 * #x9 #xA #xD #x20-#xD7FF #xE000-#xFFFD #x10000-#x10FFFF. With the flag `u` the surrogates match if they are alone.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REJECTED_BY_SQS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu;

/**
 * Escapes the characters of a JSON text that SQS rejects, so that it can be sent with the same meaning. Of these
 * characters JSON allows only U+FFFE, U+FFFF and lone surrogates unescaped, and only in strings.
 */
export function escapeInJson(json: string): string {
  return json.replace(REJECTED_BY_SQS, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/**
 * Replaces characters that SQS rejects by U+FFFD, in texts for people and not for parsers. This includes lone
 * surrogates, which DynamoDB cannot store in UTF-8.
 */
export function replaceInvalidCharacters(text: string): string {
  return text.replace(REJECTED_BY_SQS, "\ufffd");
}

/**
 * Replaces invalid characters, then cuts the text, never within a surrogate pair.
 * @param maxLength maximum code points of the result
 */
export function cleanText(text: string, maxLength: number): string {
  // Cut before cleaning, to save work: a code point has at most two code units, so the rest cannot be part of the
  // result.
  const clean = replaceInvalidCharacters(text.slice(0, 2 * maxLength + 1));
  const points = Array.from(clean);
  return points.length > maxLength ? points.slice(0, maxLength).join("") : clean;
}
