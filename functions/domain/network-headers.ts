/** Headers that networks and browsers add and no scheme reads. */
export const NETWORK_HEADERS =
  /^(?:cookie|via|forwarded|cdn-loop|x-amz-cf-id|x-amzn-trace-id|x-forwarded-.*|cloudfront-.*)$/;
