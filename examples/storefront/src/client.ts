import { ApolloClient, InMemoryCache } from '@apollo/client';
import { HttpLink } from '@apollo/client/link/http';
import { typePolicies } from '@federated-media/client/apollo';

const { VITE_GRAPH_URL: uri, VITE_GRAPH_TOKEN: token } = import.meta.env;

declare module '@apollo/client' {
  export namespace ApolloClient {
    export namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: 'all';
      }
    }
  }
}

export const client = new ApolloClient({
  link: new HttpLink({ uri, headers: token ? { authorization: `Bearer ${token}` } : {} }),
  cache: new InMemoryCache({ typePolicies: typePolicies() }),
  // A field that a subgraph cannot resolve at the moment is null; the rest of the page is shown.
  defaultOptions: { watchQuery: { errorPolicy: 'all' } },
  clientAwareness: { name: 'storefront', version: '0.1.0' },
});
