import type { ApolloServerPlugin } from '@apollo/server';

/**
 * GraphQL over HTTP: who takes nothing but `application/json` was written for servers that answer 200 to
 * every well-formed request, and may not look into another answer for what is wrong with the document or
 * its variables. Everybody else is told by the status, too.
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
