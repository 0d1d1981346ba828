/** The issuer of tokens for the requests of clients. */
export const ISSUER = 'gateway';

/** The issuer of the token for the feed of invalidations. The other tokens are for people, who may not read it. */
export const FEED_ISSUER = 'gateway-cache';
