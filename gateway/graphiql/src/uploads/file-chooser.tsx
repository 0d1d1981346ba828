import { useGraphiQL } from '@graphiql/react';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { type ChosenFiles, filesIn, isMissing } from './chosen-files.ts';
import { sampleImage } from './sample-image.ts';
import { nameOf, type UploadSlot, uploadSlots } from './slots.ts';

/** A file input for each variable of the operation that takes files, below the editor of the variables. */
export function FileChooser({ chosen }: { readonly chosen: ChosenFiles }) {
  const { tab, schema, operationName } = useGraphiQL((state) => ({
    tab: state.tabs[state.activeTabIndex],
    schema: state.schema,
    operationName: state.overrideOperationName ?? state.operationName,
  }));
  const tabId = tab?.id ?? '';
  const query = tab?.query ?? '';
  const all = useSyncExternalStore(chosen.subscribe, chosen.all);
  const slots = useMemo(
    () => uploadSlots({ query, operationName }, schema),
    [query, operationName, schema],
  );

  const [place, setPlace] = useState<Element | null>(null);
  useEffect(() => setPlace(document.querySelector('.graphiql-editors')), []);
  useEffect(() => chosen.show({ tabId, schema }), [chosen, tabId, schema]);

  if (!place || slots.length === 0) return null;
  return createPortal(
    <section className="files" aria-label="Files">
      {slots.map((slot) => (
        <Slot
          key={`${tabId}.${slot.path.join('.')}`}
          slot={slot}
          files={filesIn(all, { tabId, slot })}
          isMissing={isMissing(all, { tabId, slot })}
          onChoose={(files) => chosen.choose(slot, files)}
        />
      ))}
    </section>,
    place,
  );
}

interface SlotProps {
  readonly slot: UploadSlot;
  readonly files: readonly File[];
  /** Whether the operation was not sent because there is no file. */
  readonly isMissing: boolean;
  readonly onChoose: (files: readonly File[]) => void;
}

function Slot({ slot, files, isMissing: isFileMissing, onChoose }: SlotProps) {
  return (
    <div>
      <label>
        {nameOf(slot)}
        <input
          type="file"
          multiple={slot.isList}
          onChange={({ target }) => {
            onChoose([...(target.files ?? [])]);
            // The list below shows the files; choosing the same ones again is a change.
            target.value = '';
          }}
        />
      </label>
      <button type="button" onClick={() => void sampleImage().then((file) => onChoose([file]))}>
        Use a sample image
      </button>
      {isFileMissing ? (
        <strong role="alert">Choose a file first, or use the sample image.</strong>
      ) : (
        <output>{files.length === 0 ? 'no file chosen' : files.map(describe).join(', ')}</output>
      )}
      {files.length > 0 && (
        <button type="button" onClick={() => onChoose([])}>
          Remove
        </button>
      )}
    </div>
  );
}

const describe = ({ name, size }: File) => `${name} (${Math.ceil(size / 1000)} kB)`;
