import { ApolloClient, InMemoryCache } from '@apollo/client';
import { HttpLink } from '@apollo/client/link/http';
import { typePolicies } from '@federated-media/client/apollo';
import { createAuthorizedFetch } from '../session/authorized-fetch.ts';
import type { Session } from '../session/session.ts';
import { announceMutations } from './changes.ts';

declare module '@apollo/client' {
  export namespace ApolloClient {
    export namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: 'all';
      }
    }
  }
}

const GRAPH_URL = '/graphql';

/** The graph, with the token of the session in each request. */
export function createGraphClient(session: Session): ApolloClient {
  return new ApolloClient({
    link: announceMutations.concat(
      new HttpLink({ uri: GRAPH_URL, fetch: createAuthorizedFetch(session) }),
    ),
    cache: new InMemoryCache({ typePolicies: typePolicies() }),
    // A field that cannot be read at the moment is null; the rest of the screen is shown.
    defaultOptions: { watchQuery: { errorPolicy: 'all' } },
    clientAwareness: { name: 'media-library', version: '0.1.0' },
  });
}
