/** What networks put on a request and no scheme reads, and what browsers send along. */
export const NETWORK_HEADERS =
  /^(?:cookie|via|forwarded|cdn-loop|x-amz-cf-id|x-amzn-trace-id|x-forwarded-.*|cloudfront-.*)$/;
