import { ApolloClient, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { HttpLink } from '@apollo/client/link/http';
import { typePolicies } from '@federated-media/client/apollo';
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
  const authorize = new SetContextLink(async () => {
    const token = await session.token();
    return token ? { headers: { authorization: `Bearer ${token}` } } : {};
  });
  return new ApolloClient({
    link: announceMutations.concat(authorize).concat(new HttpLink({ uri: GRAPH_URL })),
    cache: new InMemoryCache({ typePolicies: typePolicies() }),
    // A field that cannot be read at the moment is null; the rest of the screen is shown.
    defaultOptions: { watchQuery: { errorPolicy: 'all' } },
    clientAwareness: { name: 'media-library', version: '0.1.0' },
  });
}
