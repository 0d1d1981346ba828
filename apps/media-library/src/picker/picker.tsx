import type { LibraryMessage, LibraryRequest } from '@federated-media/client';
import { Suspense, lazy, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { FilesBrowser } from '../files/files-browser.tsx';
import { UploadArea } from '../uploads/upload-area.tsx';
import { ChoiceBar } from './choice-bar.tsx';
import classes from './picker.module.css';
import { useEscape } from './use-escape.ts';

const SelectUploaded = lazy(() => import('./select-uploaded.tsx'));

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
              <>
                <ChoiceBar
                  selection={selection}
                  mediaTypes={mediaTypes}
                  onCancel={cancel}
                  onUse={(files) => send({ type: 'federated-media:chosen', files })}
                />
                <Suspense>
                  <SelectUploaded selection={selection} />
                </Suspense>
              </>,
              bar,
            )
          }
        />
      </main>
      <div className={classes['uploads']}>
        <UploadArea />
      </div>
      <footer ref={setBar} className={classes['bar']} />
    </div>
  );
}
