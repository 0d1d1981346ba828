interface ImportMetaEnv {
  /** The GraphQL endpoint of the gateway. */
  readonly VITE_GRAPH_URL: string;
  /** The picker of the media library. Absent: that of the gateway. */
  readonly VITE_LIBRARY_URL?: string;
  /** Part of the page, so anyone can read it: a token that may only read. Absent in development. */
  readonly VITE_GRAPH_TOKEN?: string;
}
