import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  type CORSConfiguration,
  CreateBucketCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { freePort } from '../ports.ts';

const PROGRAMS = [
  'radosgw',
  'radosgw-admin',
  'ceph-mon',
  'ceph-osd',
  'ceph',
  'ceph-authtool',
  'monmaptool',
];
/** More than any test or bench stores. A full store does not answer any more. */
const MEMORY_BYTES = 12 * 2 ** 30;
const ATTEMPTS = 200;
const PAUSE_MS = 300;
const REGION = 'us-east-1';
/** The values of `kmsKeyId` and `storageClass` that the store knows. */
export const ENCRYPTION_KEY = 'key-1';
export const STORAGE_CLASS = 'COLD';

/** A reason to skip a test; null if this machine has an object store. */
export const noObjectStore = PROGRAMS.every(
  (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
)
  ? null
  : 'there is no object store: install radosgw, ceph-mon, ceph-osd and ceph-common';

export interface ObjectStore {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The process that serves HTTP. */
  readonly pid: number;
  /** Creates a bucket and returns the value of STORAGE_URL for it. */
  createBucket(name: string): Promise<string>;
  /** Denies `action`, such as `s3:PutObject`, to all clients of the bucket. */
  deny(bucket: string, action: string): Promise<void>;
  /** Up to a thousand. */
  countObjects(bucket: string): Promise<number>;
  /** Which pages may read objects of the bucket. */
  setCors(bucket: string, configuration: CORSConfiguration): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts Ceph's RADOS Gateway, which serves the S3 protocol, with one monitor and one device in memory. Takes about
 * ten seconds.
 *
 * @param folder an empty one
 */
export async function startObjectStore(folder: string): Promise<ObjectStore> {
  const [port, monitorPort, oldMonitorPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  for (const name of ['mon', 'osd', 'rgw', 'run', 'log']) await mkdir(join(folder, name));
  const conf = join(folder, 'ceph.conf');
  const keyring = join(folder, 'keyring');
  const id = crypto.randomUUID();
  const monitor = `[v2:127.0.0.1:${monitorPort},v1:127.0.0.1:${oldMonitorPort}]`;
  await writeFile(conf, configuration({ folder, id, monitor, port }));

  const run = promisify(execFile);
  const tool = (name: string, ...args: string[]) =>
    run(name, ['-c', conf, ...args], { timeout: 60_000 });
  const keys = (...args: string[]) => run('ceph-authtool', [keyring, '--gen-key', ...args]);
  await keys('--create-keyring', '-n', 'mon.', '--cap', 'mon', 'allow *');
  await keys('-n', 'client.admin', '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *');
  await keys('-n', 'osd.0', '--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *');
  await keys('-n', 'client.rgw', '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *');
  const map = join(folder, 'monmap');
  await run('monmaptool', ['--create', '--fsid', id, '--addv', 'a', monitor, map]);
  await tool('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map, '--keyring', keyring);

  const processes: ChildProcess[] = [];
  process.once('exit', () => processes.forEach((child) => child.kill('SIGKILL')));
  const serve = async (name: string, ...args: string[]) => {
    const log = await open(join(folder, 'log', `${name}.out`), 'w');
    const child = spawn(name, ['-c', conf, '-f', ...args], { stdio: ['ignore', log.fd, log.fd] });
    await log.close();
    processes.push(child);
    return child;
  };
  async function stop() {
    for (const child of processes.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  try {
    await serve('ceph-mon', '-i', 'a');
    await untilItWorks(() => tool('ceph', 'osd', 'create'));
    await tool('ceph-osd', '-i', '0', '--mkfs');
    await serve('ceph-osd', '-i', '0');
    const [accessKeyId, secretAccessKey] = ['tester', 'a secret of the tester'];
    await untilItWorks(() =>
      tool(
        'radosgw-admin',
        '-n',
        'client.rgw',
        'user',
        'create',
        '--uid=tester',
        '--display-name=Tester',
        `--access-key=${accessKeyId}`,
        `--secret-key=${secretAccessKey}`,
      ),
    );
    await addStorageClass((...args) => tool('radosgw-admin', '-n', 'client.rgw', ...args));
    const { pid = 0 } = await serve('radosgw', '-n', 'client.rgw');
    const endpoint = `http://127.0.0.1:${port}`;
    await untilItWorks(() => fetch(endpoint));
    const client = new S3Client({
      endpoint,
      region: REGION,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    return {
      endpoint,
      accessKeyId,
      secretAccessKey,
      pid,
      async createBucket(name) {
        await client.send(new CreateBucketCommand({ Bucket: name }));
        return `s3://${name}?endpoint=${endpoint}&region=${REGION}&forcePathStyle=true`;
      },
      async deny(bucket, action) {
        const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
        const statement = { Effect: 'Deny', Principal: '*', Action: action, Resource: resources };
        const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
        await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy }));
      },
      async countObjects(bucket) {
        const { KeyCount = 0 } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
        return KeyCount;
      },
      async setCors(bucket, configuration) {
        const cors = { Bucket: bucket, CORSConfiguration: configuration };
        await client.send(new PutBucketCorsCommand(cors));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In the default placement of objects, in addition to STANDARD. */
async function addStorageClass(admin: (...args: string[]) => Promise<unknown>): Promise<void> {
  const of = ['--placement-id=default-placement', `--storage-class=${STORAGE_CLASS}`];
  await admin('zonegroup', 'placement', 'add', '--rgw-zonegroup=default', ...of);
  await admin('zone', 'placement', 'add', '--rgw-zone=default', ...of, '--data-pool=cold');
}

async function untilItWorks(attempt: () => Promise<unknown>): Promise<void> {
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
    await setTimeout(PAUSE_MS);
  }
}

const configuration = ({
  folder,
  id,
  monitor,
  port,
}: Record<'folder' | 'id' | 'monitor', string> & { port: number }) => `
[global]
fsid = ${id}
mon host = ${monitor}
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${folder}/keyring
run dir = ${folder}/run
log file = ${folder}/log/$name.log
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail warn = 1
mon data avail crit = 0
osd objectstore = memstore
memstore device bytes = ${MEMORY_BYTES}
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
[client.rgw]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = ${ENCRYPTION_KEY}=${Buffer.alloc(32, 'key').toString('base64')}
`;
