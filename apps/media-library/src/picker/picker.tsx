import type { LibraryMessage, LibraryRequest } from '@federated-media/client';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { FilesBrowser } from '../files/files-browser.tsx';
import { ChoiceBar } from './choice-bar.tsx';
import classes from './picker.module.css';
import { useEscape } from './use-escape.ts';

interface Props {
  readonly request: LibraryRequest;
  readonly send: (message: LibraryMessage) => void;
}

/** Files to choose from. What was selected is below them, also in the order of the keyboard. */
export function Picker({ request, send }: Props) {
  const { t } = useTranslation('picker');
  const [bar, setBar] = useState<HTMLElement | null>(null);
  const { multiple, mediaTypes } = request;
  const cancel = () => send({ type: 'federated-media:cancelled' });
  useEscape(cancel);
  return (
    <div className={classes['picker']}>
      <title>{multiple ? t('title.many') : t('title.one')}</title>
      <main>
        <FilesBrowser
          heading={multiple ? t('title.many') : t('title.one')}
          multiple={multiple}
          selectOnly
          {...(mediaTypes && { mediaTypes })}
          selectionBar={({ selection }) =>
            bar &&
            createPortal(
              <ChoiceBar
                selection={selection}
                onCancel={cancel}
                onUse={(files) => send({ type: 'federated-media:chosen', files })}
              />,
              bar,
            )
          }
        />
      </main>
      <footer ref={setBar} className={classes['bar']} />
    </div>
  );
}
