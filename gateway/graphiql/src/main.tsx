import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';

import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { exampleTabs } from './examples.ts';
import { fetchGraphQL } from './fetch-graphql.ts';

const place = document.getElementById('graphiql');
if (!place) throw new Error('index.html has no element with the id "graphiql".');

createRoot(place).render(
  <GraphiQL
    fetcher={fetchGraphQL}
    defaultTabs={exampleTabs(location.origin)}
    defaultEditorToolsVisibility="headers"
    shouldPersistHeaders
    showPersistHeadersSettings
  >
    <GraphiQL.Logo>Federated media</GraphiQL.Logo>
  </GraphiQL>,
);
