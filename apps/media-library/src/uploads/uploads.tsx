import { useEffect, useState } from 'react';
import { CameraDialog } from './camera/camera-dialog.tsx';
import { DropArea } from './drop-area.tsx';
import { type Incoming, receive } from './incoming.ts';
import { UploadPanel } from './panel/upload-panel.tsx';
import { useQueue } from './queue/use-queue.ts';
import { UrlDialog } from './url/url-dialog.tsx';

type Dialog = Exclude<Incoming, { kind: 'files' }>;

/** Everything about uploads that is not part of the first screen. */
export default function Uploads() {
  const queue = useQueue();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  useEffect(
    () =>
      receive((incoming) => {
        if (incoming.kind === 'files') void queue.add(incoming.files);
        else setDialog(incoming);
      }),
    [queue],
  );
  return (
    <>
      <DropArea />
      <UploadPanel queue={queue} />
      {dialog?.kind === 'camera' && <CameraDialog folder={dialog.folder} onClose={close} />}
      {dialog?.kind === 'url' && <UrlDialog folder={dialog.folder} onClose={close} />}
    </>
  );
}
