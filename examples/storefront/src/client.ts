import { ApolloClient, InMemoryCache } from '@apollo/client';
import { HttpLink } from '@apollo/client/link/http';
import { typePolicies } from '@federated-media/client/apollo';

const { VITE_GRAPH_URL: uri, VITE_GRAPH_TOKEN: token } = import.meta.env;

export const client = new ApolloClient({
  link: new HttpLink({ uri, headers: token ? { authorization: `Bearer ${token}` } : {} }),
  cache: new InMemoryCache({ typePolicies: typePolicies() }),
  clientAwareness: { name: 'storefront', version: '0.1.0' },
});
