import type { ApolloServerPlugin } from '@apollo/server';

/**
 * GraphQL over HTTP: a client that accepts only `application/json` may expect status 200 for every well-formed
 * request, and may not read the errors of a document or its variables from a response with another status. Other
 * clients receive status 400.
 */
export const legacyStatus: ApolloServerPlugin = {
  requestDidStart: async () => ({
    async willSendResponse({ request, response: { http } }) {
      if (http.status === 400 && isLegacy(request.http?.headers.get('accept'))) http.status = 200;
    },
  }),
};

const isLegacy = (accept = '') =>
  accept.split(',').every((type) => /^\s*application\/json\s*(?:;|$)/i.test(type));
