import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';

import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { exampleTabs } from './examples.ts';
import { createFetcher } from './fetch-graphql.ts';
import { ImageStrip } from './images/image-strip.tsx';
import { TokenField } from './token-field.tsx';
import { keepToken, readToken } from './token.ts';
import { createChosenFiles } from './uploads/chosen-files.ts';
import { FileChooser } from './uploads/file-chooser.tsx';

const chosen = createChosenFiles();

function App() {
  const [token, setToken] = useState(readToken);
  // GraphiQL loads the schema again when it gets another fetcher.
  const fetcher = useMemo(() => createFetcher({ token, chosen }), [token]);
  function changeToken(next: string) {
    keepToken(next);
    setToken(next);
  }

  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={exampleTabs}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders
      showPersistHeadersSettings
    >
      <GraphiQL.Logo>
        <TokenField token={token} onChange={changeToken} />
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <ImageStrip />
      </GraphiQL.Footer>
      <FileChooser chosen={chosen} />
    </GraphiQL>
  );
}

export const start = (place: HTMLElement) => createRoot(place).render(<App />);
