/** What a page with React does. Bundled by `serve-page.ts`; the functions of `window.page` show a component each. */
import { type AddOptions, MediaPicker, Picture, useUpload } from '@federated-media/client/react';
import {
  type Connection,
  MediaPickerError,
  openMediaPicker,
  type OpenMediaPickerOptions,
  type Picture as Media,
} from '@federated-media/client';
import {
  Activity,
  type ComponentProps,
  type ReactNode,
  StrictMode,
  useEffect,
  useState,
} from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';

interface Hideable {
  readonly hidden?: boolean;
}

const modeOf = (hidden = false) => (hidden ? 'hidden' : 'visible');

const history: { running: number; progress: readonly number[] }[] = [];

type UploadsProps = AddOptions & { readonly connection: Connection };

/** Of the component, which may be hidden or unmounted since. */
let addLater: ReturnType<typeof useUpload>['add'];

function Uploads({ connection, ...options }: UploadsProps) {
  const { uploads, add, cancel, retry, remove } = useUpload(connection, { concurrency: 2 });
  useEffect(() => {
    addLater = add;
  }, [add]);
  const [uploaded, setUploaded] = useState<readonly string[]>([]);
  history.push({
    running: uploads.filter(({ status }) => status === 'uploading').length,
    progress: uploads.map(({ progress }) => progress),
  });
  const onUploaded: AddOptions['onUploaded'] = ({ id }) => setUploaded((ids) => [...ids, id]);
  return (
    <>
      <input
        type="file"
        multiple
        aria-label="Files"
        onChange={({ target }) => add(target.files ?? [], { ...options, onUploaded })}
      />
      <ul>
        {uploads.map((upload) => (
          <li key={upload.id}>
            {upload.file instanceof File && upload.file.name} {upload.status}{' '}
            {upload.status === 'failed' && upload.error.code}
            {upload.status === 'done' && upload.uploaded.mimeType}
            <button onClick={() => cancel(upload.id)}>Cancel</button>
            <button onClick={() => retry(upload.id)}>Retry</button>
            <button onClick={() => remove(upload.id)}>Remove</button>
          </li>
        ))}
      </ul>
      <output>{uploaded.length} uploaded</output>
    </>
  );
}

type PickerProps = Hideable &
  Omit<ComponentProps<typeof MediaPicker>, 'open' | 'onChoose' | 'onClose'>;

function Picker({ hidden, ...props }: PickerProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState('nothing');
  const [code, setCode] = useState('no error');
  return (
    <>
      <button onClick={() => setIsOpen(true)}>Choose an image</button>
      <output>
        {chosen}, {code}
      </output>
      <Activity mode={modeOf(hidden)}>
        <MediaPicker
          {...props}
          open={isOpen}
          onChoose={(files) => setChosen(files.map(({ id }) => id).join(' '))}
          onClose={() => setIsOpen(false)}
          onError={(error) => setCode(error.code)}
        />
      </Activity>
    </>
  );
}

/** Ends the pop-up. */
let controller: AbortController;

function Popup(options: OpenMediaPickerOptions) {
  const [result, setResult] = useState('');
  async function choose(): Promise<void> {
    controller = new AbortController();
    const files = await openMediaPicker({ ...options, signal: controller.signal });
    setResult(files?.map(({ id }) => id).join(' ') ?? 'nothing');
  }
  const report = (error: unknown) => {
    if (error instanceof MediaPickerError) setResult(error.code);
    else setResult(error instanceof Error ? error.name : String(error));
  };
  return (
    <>
      <button onClick={() => void choose().catch(report)}>Open the library</button>
      <output>{result}</output>
    </>
  );
}

function keepImage(image: HTMLImageElement | null): void {
  Object.assign(globalThis, { image });
}

/** The images below a space that is higher than any screen are loaded later. */
const Pictures = ({ media, space, ...props }: { media: Media; space: number }) => (
  <>
    <div style={{ height: space }} />
    <Picture media={media} {...props} ref={keepImage} />
    <p>The text below the image.</p>
  </>
);

const root = createRoot(document.body.appendChild(document.createElement('main')));
const show = (node: ReactNode) => root.render(<StrictMode>{node}</StrictMode>);

Object.assign(globalThis, {
  page: {
    uploads: ({ hidden, ...props }: Hideable & UploadsProps) =>
      show(
        <Activity mode={modeOf(hidden)}>
          <Uploads {...props} />
        </Activity>,
      ),
    addLater: (name: string) => addLater([new File(['later'], name)]),
    picker: (props: PickerProps) => show(<Picker {...props} />),
    popup: (options: OpenMediaPickerOptions) => show(<Popup {...options} />),
    abort: () => controller.abort(),
    picture: (props: ComponentProps<typeof Pictures>) => show(<Pictures {...props} />),
    /** As a server renders it; React starts when the image has loaded. Returns the HTML. */
    async hydratedPicture(props: ComponentProps<typeof Picture>) {
      const place = document.body.appendChild(document.createElement('div'));
      place.innerHTML = renderToString(<Picture {...props} />);
      const html = place.innerHTML;
      await place.querySelector('img')?.decode();
      place.querySelector('link')?.remove();
      hydrateRoot(place, <Picture {...props} />);
      return html;
    },
    nothing: () => show(null),
    history: () => history,
  },
});
